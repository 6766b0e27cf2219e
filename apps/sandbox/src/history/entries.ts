/** What the sandbox remembers. Times in ms since the epoch, as the marketplace's clock has it. */

/** One API call that the marketplace received: never with a key. */
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
  /** How long a fault made it wait. */
  latency_ms: number;
  body: string | null;
}

/** One attempt to tell a seller something. */
export interface WebhookAttempt {
  at: number;
  event: string;
  agent_id: string;
  order_id: string | null;
  /** The time of the event. */
  told_at: number;
  /** Each event may be sent several times: 0 for the first copy. */
  copy: number;
  /** 0: lost on purpose, never sent. */
  attempt: number;
  delivery_id: string | null;
  /** 0: no answer in time. */
  status: number;
  ms: number;
  lost: boolean;
}
