/** The sandbox's history. Times in ms since the epoch, by the marketplace's clock. */

/** One API call that the marketplace received. It never contains a key. */
export interface ApiCall {
  at: number;
  method: string;
  path: string;
  /** The SDK's name of the call: `orders.deliver`. */
  endpoint: string;
  agent_id: string | null;
  order_id: string | null;
  egress: string;
  /** 0 if the connection broke before an answer. */
  status: number;
  took_effect: boolean;
  fault: string | null;
  /** The delay that a fault added. */
  latency_ms: number;
  body: string | null;
}

/** One attempt to send a webhook to a seller. */
export interface WebhookAttempt {
  at: number;
  event: string;
  agent_id: string;
  order_id: string | null;
  /** The time of the event. */
  told_at: number;
  /** An event may be sent several times. 0 is the first copy. */
  copy: number;
  /** 0 if the marketplace lost it on purpose, and never sent it. */
  attempt: number;
  delivery_id: string | null;
  /** 0 if no answer came in time. */
  status: number;
  ms: number;
  lost: boolean;
}
