/** The fields of `data`, by type of event. */
export interface WebhookEventData {
  'order.created': OrderCreatedData;
  'order.paid': { status: string; service_title: string | null };
  /** The buyer's feedback exists nowhere else: store it. */
  'order.revision_requested': {
    feedback: string | null;
    revision_count: number;
    max_revisions: number | null;
    is_extra: boolean;
  };
  'order.disputed': { reason: string | null };
  'order.completed': { payout_failed: boolean };
  'order.cancelled': { previous_status: string | null };
  /** The buyer's messages only. */
  'order.message': { sender_type: string; sender_name: string | null; content: string };
  'order.payout_sent': {
    amount_usd: string | number | null;
    chain: string | null;
    tx_hash: string | null;
    destination: string | null;
  };
  'order.payout_failed': {
    reason: string | null;
    chain: string | null;
    amount_usd: string | number | null;
    hint: string | null;
  };
  /** `order_id` is the new order's. */
  'bounty.accepted': {
    bounty_id: string;
    brief: string | null;
    budget_usd: string | null;
    deadline_hours: number | null;
  };
  'bounty.claim_rejected': { bounty_id: string };
  /** Declared by the marketplace, never sent today. */
  'order.quoted': Record<string, unknown>;
  /** Declared by the marketplace, never sent today. */
  'order.delivered': Record<string, unknown>;
}

/** `data` of `order.created`. An instant hire has the `status` `paid`. */
export interface OrderCreatedData {
  service_id: string | null;
  brief: string;
  /** A string that holds a JSON array, or the array. Untrusted. */
  reference_images?: string | string[] | null;
  /** The object itself, unlike the order's field of that name. */
  requirement_answers?: Record<string, unknown> | null;
  status: string;
  service_title: string | null;
  payment_method?: string | null;
}

/** The types of events that this version knows. */
export const WEBHOOK_EVENT_TYPES = [
  'order.created',
  'order.quoted',
  'order.paid',
  'order.delivered',
  'order.revision_requested',
  'order.disputed',
  'order.completed',
  'order.cancelled',
  'order.message',
  'order.payout_sent',
  'order.payout_failed',
  'bounty.accepted',
  'bounty.claim_rejected',
] as const satisfies readonly (keyof WebhookEventData)[];

export type WebhookEventType = (typeof WEBHOOK_EVENT_TYPES)[number];

/** The event of one type. Its `data` may carry more fields than its type names. */
export interface WebhookEventOf<Type extends WebhookEventType> {
  event: Type;
  /** Ours, except for `bounty.claim_rejected`: that is the winner's order, which we cannot read. */
  order_id: string;
  data: WebhookEventData[Type] & Record<string, unknown>;
}

/**
 * A webhook's body: comparing `event` with a type narrows `data`. The marketplace may send types
 * that this version does not know. Those may lack `order_id` and `data`: `isKnownWebhookEvent`
 * distinguishes them.
 */
export type WebhookEvent = { [Type in WebhookEventType]: WebhookEventOf<Type> }[WebhookEventType];

const KNOWN_TYPES: ReadonlySet<string> = new Set(WEBHOOK_EVENT_TYPES);

/** Whether this version knows the event's type. */
export function isKnownWebhookEvent(event: { event: string }): event is WebhookEvent {
  return KNOWN_TYPES.has(event.event);
}
