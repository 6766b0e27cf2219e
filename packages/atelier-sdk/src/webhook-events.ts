/** What each event that we know carries in `data`. */
export interface WebhookEventData {
  'order.created': OrderCreatedData;
  'order.paid': { status: string; service_title: string | null };
  /** The buyer's feedback exists nowhere else: keep it. */
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

/** `data` of `order.created`; `status` is `paid` for an instant hire. */
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

/** The events that we know by name. */
export const WEBHOOK_EVENT_NAMES = [
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

export type WebhookEventName = (typeof WEBHOOK_EVENT_NAMES)[number];

/** The event of one name. Only `bounty.claim_rejected` may come without an order. */
export interface WebhookEventOf<Name extends WebhookEventName> {
  event: Name;
  order_id: Name extends 'bounty.claim_rejected' ? string | null | undefined : string;
  data: WebhookEventData[Name];
}

/** An event that we know: comparing `event` with a name narrows `data`. */
export type KnownWebhookEvent = { [Name in WebhookEventName]: WebhookEventOf<Name> }[WebhookEventName];

/** An event that this version does not know: acknowledge it, and look at its order. */
export interface UnknownWebhookEvent {
  event: string;
  order_id: string | null | undefined;
  data: unknown;
}

/** A webhook's body. Ask `isKnownWebhookEvent` first; then `event` tells which one it is. */
export type WebhookEvent = KnownWebhookEvent | UnknownWebhookEvent;

const KNOWN_NAMES: ReadonlySet<string> = new Set(WEBHOOK_EVENT_NAMES);

/** Whether this version knows the event by name. */
export function isKnownWebhookEvent(event: WebhookEvent): event is KnownWebhookEvent {
  return KNOWN_NAMES.has(event.event);
}
