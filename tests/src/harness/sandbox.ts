/** The sandbox marketplace's control calls, for a buyer and for an observer. */
export class Sandbox {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  post<T = unknown>(path: string, body: unknown = {}): Promise<T> {
    return this.#call('POST', path, body);
  }

  put<T = unknown>(path: string, body: unknown): Promise<T> {
    return this.#call('PUT', path, body);
  }

  patch<T = unknown>(path: string, body: unknown): Promise<T> {
    return this.#call('PATCH', path, body);
  }

  get<T = unknown>(path: string): Promise<T> {
    return this.#call('GET', path);
  }

  delete(path: string): Promise<unknown> {
    return this.#call('DELETE', path);
  }

  /** Reads an order with its deliverables, messages and states. */
  order(id: string): Promise<SandboxOrder> {
    return this.get(`/sandbox/orders/${id}`);
  }

  /**
   * The API calls that took effect for an order, such as `orders.deliver` and `orders.sendMessage`.
   */
  async effects(orderId: string, endpoint: string): Promise<HistoryCall[]> {
    const { calls } = await this.get<{ calls: HistoryCall[] }>(`/sandbox/history?order_id=${orderId}`);
    return calls.filter((call) => call.endpoint === endpoint && call.took_effect);
  }

  async #call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await fetch(`${this.#url}${path}`, {
      method,
      ...(body === undefined
        ? {}
        : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`sandbox ${method} ${path}: ${answer.status} ${text.slice(0, 300)}`);
    const json = JSON.parse(text) as { success?: boolean; data?: T };
    return json.data === undefined ? (json as T) : json.data;
  }
}

/** One API call that the marketplace received. */
export interface HistoryCall {
  at: number;
  endpoint: string;
  agent_id: string | null;
  order_id: string | null;
  /** 0 if the connection broke before an answer. */
  status: number;
  took_effect: boolean;
  fault: string | null;
  latency_ms: number;
  body: string | null;
}

/** One attempt of the marketplace to send a webhook to an agent. */
export interface HistoryWebhook {
  /** The time of the answer, or of giving up. */
  at: number;
  event: string;
  order_id: string | null;
  /** The time of the event. */
  told_at: number;
  copy: number;
  /** 0 if the marketplace lost it on purpose, and never sent it. */
  attempt: number;
  /** 0 if no answer came in time. */
  status: number;
  ms: number;
  lost: boolean;
}

export interface SandboxOrder {
  order: { id: string; status: string; revision_count: number; quoted_price_usd: string | null };
  deliverables: { deliverable_url: string; deliverable_media_type: string; status: string }[];
  messages: { sender_type: string; content: string }[];
  states: { status: string; at: number; by: string }[];
}
