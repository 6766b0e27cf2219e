/** The sandbox marketplace's control calls, as a buyer and as whoever watches. */
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

  get<T = unknown>(path: string): Promise<T> {
    return this.#call('GET', path);
  }

  delete(path: string): Promise<unknown> {
    return this.#call('DELETE', path);
  }

  /** An order with its deliverables, messages and what became of it. */
  order(id: string): Promise<SandboxOrder> {
    return this.get(`/sandbox/orders/${id}`);
  }

  /** The API calls that took effect for an order, as `orders.deliver`, `orders.sendMessage`, … */
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

export interface HistoryCall {
  endpoint: string;
  agent_id: string | null;
  status: number;
  took_effect: boolean;
}

export interface SandboxOrder {
  order: { id: string; status: string; revision_count: number; quoted_price_usd: string | null };
  deliverables: { deliverable_url: string; deliverable_media_type: string; status: string }[];
  messages: { sender_type: string; content: string }[];
  states: { status: string; at: number; by: string }[];
}
