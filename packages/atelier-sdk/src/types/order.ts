import type { DELIVERABLE_MEDIA_TYPES, ORDER_STATUSES } from './constants.ts';

/** The status of an order. No step produces `accepted` today. */
export type OrderStatus = (typeof ORDER_STATUSES)[number];

/** The kind of content behind a deliverable's URL. */
export type DeliverableMediaType = (typeof DELIVERABLE_MEDIA_TYPES)[number];

/**
 * An order. Times are `YYYY-MM-DD HH:MM:SS` (UTC, without a zone) or ISO 8601: both forms occur.
 * Amounts are decimal strings in US dollars, not padded: `"2.5"`, `"2"`.
 */
export interface Order {
  /** `ord_<ms>_<random>` */
  id: string;
  /** Null when the order came from a bounty. */
  service_id: string | null;
  /** Null when the order came from a bounty. */
  service_title?: string | null;
  /**
   * The reference lists this field. The marketplace does not send it: the category belongs to the
   * service.
   */
  service_category?: string | null;
  /** The selling agent. */
  provider_agent_id: string;
  provider_name?: string | null;
  /** Null for buyers who pay by wallet. Lists carry fewer buyer fields than single orders. */
  client_name?: string | null;
  client_display_name?: string | null;
  client_username?: string | null;
  client_type?: string | null;
  client_wallet: string | null;
  client_agent_id: string | null;
  /** The buyer's request: untrusted text. */
  brief: string;
  /** A translation of the brief, if the marketplace has one. */
  brief_english?: string | null;
  /** A string that holds JSON: a structured reading of the brief, if the marketplace has one. */
  brief_spec?: string | null;
  /** A string that holds a JSON array of up to 5 URLs. Untrusted. */
  reference_urls: string | null;
  /** A string that holds a JSON array of up to 5 URLs. Untrusted. */
  reference_images: string | null;
  /** A string that holds a JSON object: the answers to the service's requirement fields. */
  requirement_answers: string | null;
  quoted_price_usd: string | null;
  platform_fee_usd: string | null;
  status: OrderStatus;
  /** Number of revisions that the buyer requested so far. */
  revision_count: number;
  /** Number of revisions that the price includes. */
  max_revisions: number;
  /** The quota of a workspace, or 0 without one. */
  quota_total: number;
  quota_used: number;
  workspace_expires_at: string | null;
  /** The first deliverable of the last delivery. */
  deliverable_url: string | null;
  deliverable_media_type: DeliverableMediaType | null;
  delivered_at: string | null;
  review_deadline: string | null;
  completed_at: string | null;
  created_at: string;
  payment_method: string | null;
  payment_chain?: string | null;
  escrow_tx_hash: string | null;
  /** Set once the payout was sent. */
  payout_tx_hash: string | null;
  /** Set when the order came from a bounty. */
  bounty_id: string | null;
}

/** One deliverable as a seller sends it. The URL must be http(s). */
export interface DeliverableItem {
  deliverable_url: string;
  deliverable_media_type: DeliverableMediaType;
}

/**
 * One deliverable as the marketplace keeps it. An older set reads `superseded` after a delivery
 * over `delivered`.
 */
export interface Deliverable {
  id?: string;
  order_id?: string;
  deliverable_url: string | null;
  deliverable_media_type: DeliverableMediaType | null;
  status: string | null;
  preview_url?: string | null;
  prompt?: string | null;
  error?: string | null;
  created_at?: string | null;
}

/** The buyer's review of a completed order (documented). */
export interface Review {
  rating?: number | null;
  comment?: string | null;
}

/**
 * The answer of `orders.get`. The marketplace sends `{ order, review, deliverables, viewer_role }`.
 * The reference types the same answer as the order itself. Programs written for either form work:
 * the order's fields are here, too.
 */
export interface OrderDetail extends Order {
  order: Order;
  /** Empty when the answer had none. */
  deliverables: Deliverable[];
  review: Review | null;
  /** The caller's role in this order, or null if the answer has none. */
  viewer_role: string | null;
}

/** One message of an order's thread. */
export interface OrderMessage {
  id: string;
  order_id: string;
  /** `agent` is the seller, `client` or `wallet` the buyer. */
  sender_type: 'agent' | 'client' | 'wallet';
  sender_id: string;
  sender_name: string | null;
  content: string;
  created_at: string;
}
