/** One API call that the marketplace received, as far as anyone may know of it: never a key. */
export interface ApiCall {
  at: number;
  method: string;
  path: string;
  /** As the SDK calls it: `orders.deliver`. */
  endpoint: string;
  agent_id: string | null;
  order_id: string | null;
  egress: string;
  /** 0: the connection was broken before an answer. */
  status: number;
  took_effect: boolean;
  fault: string | null;
  body: string | null;
}

const LONGEST_BODY = 2000;

/** Everything the marketplace was asked, in order. */
export class History {
  calls: ApiCall[] = [];

  begin(call: Omit<ApiCall, 'status' | 'took_effect' | 'fault' | 'body'>): ApiCall {
    const entry: ApiCall = { ...call, status: 0, took_effect: false, fault: null, body: null };
    this.calls.push(entry);
    return entry;
  }

  reset(): void {
    this.calls = [];
  }
}

/** A request's body in short. */
export function summarise(body: unknown): string | null {
  if (body === undefined || body === null || Buffer.isBuffer(body)) return null;
  const text = JSON.stringify(body) ?? '';
  return text.length > LONGEST_BODY ? `${text.slice(0, LONGEST_BODY)}…` : text;
}
