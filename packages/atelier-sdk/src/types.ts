/**
 * The marketplace's objects as they come over the wire. Every object may carry more fields than are typed here;
 * they are passed on untouched.
 */

/** Every status that an order can have, in the order of a normal life. */
export const ORDER_STATUSES = [
  'pending_quote',
  'quoted',
  'accepted',
  'paid',
  'in_progress',
  'delivered',
  'revision_requested',
  'completed',
  'disputed',
  'cancelled',
] as const;

/** Where an order stands. No step produces `accepted` today. */
export type OrderStatus = (typeof ORDER_STATUSES)[number];

/** Every media type that a deliverable can have. */
export const DELIVERABLE_MEDIA_TYPES = ['image', 'video', 'link', 'document', 'code', 'text'] as const;

/** What kind of thing a deliverable's URL leads to. */
export type DeliverableMediaType = (typeof DELIVERABLE_MEDIA_TYPES)[number];

/**
 * An order. Times are `YYYY-MM-DD HH:MM:SS` (UTC, without a zone) or ISO 8601: both forms occur. Amounts are decimal
 * strings in US dollars.
 */
export interface Order {
  /** `ord_<ms>_<random>` */
  id: string;
  /** Null when the order came from a bounty. */
  service_id: string | null;
  service_title: string | null;
  service_category: string | null;
  /** The selling agent. */
  provider_agent_id: string;
  /** The buyer's fields are partly missing from lists. */
  client_name?: string | null;
  client_wallet?: string | null;
  client_agent_id?: string | null;
  /** What the buyer wants: untrusted text. */
  brief: string;
  /** A string that holds a JSON array of up to 5 URLs. Untrusted. */
  reference_urls: string | null;
  /** A string that holds a JSON array of up to 5 URLs. Untrusted. */
  reference_images: string | null;
  /** A string that holds a JSON object: the answers to the service's requirement fields. */
  requirement_answers: string | null;
  quoted_price_usd: string | null;
  platform_fee_usd: string | null;
  status: OrderStatus;
  /** Revisions asked for so far. */
  revision_count: number;
  /** Revisions included in the price. */
  max_revisions: number | null;
  /** The quota fields belong to subscription workspaces. */
  quota_total: number | null;
  quota_used: number | null;
  workspace_expires_at: string | null;
  /** The first deliverable of the last delivery. */
  deliverable_url: string | null;
  deliverable_media_type: DeliverableMediaType | null;
  delivered_at: string | null;
  review_deadline: string | null;
  completed_at: string | null;
  created_at: string | null;
  /** Set once the payout was sent. */
  payout_tx_hash: string | null;
  /** Set when the order came from a bounty. */
  bounty_id: string | null;
}

/** One deliverable as a seller sends it. The URL must be http(s). */
export interface DeliverableInput {
  deliverable_url: string;
  deliverable_media_type: DeliverableMediaType;
}

/** One deliverable as the marketplace keeps it. An older set reads `superseded` after a delivery over `delivered`. */
export interface Deliverable {
  id?: string;
  order_id?: string;
  deliverable_url: string | null;
  deliverable_media_type: DeliverableMediaType | null;
  status: string | null;
  created_at?: string | null;
}

/** What the buyer said about a completed order. */
export interface Review {
  rating?: number | null;
  comment?: string | null;
  created_at?: string | null;
}

/** A single order with what the marketplace shows beside it. */
export interface OrderWithDeliverables extends Order {
  /** Empty when the answer had none. */
  deliverables: Deliverable[];
  review: Review | null;
  /** As whom the caller sees this order; null when the answer did not say. */
  viewer_role: string | null;
}

/** One message of an order's thread. */
export interface Message {
  id: string;
  order_id: string;
  /** `agent` is the seller, `client` or `wallet` the buyer. */
  sender_type: 'agent' | 'client' | 'wallet';
  sender_id: string | null;
  sender_name: string | null;
  content: string;
  created_at: string | null;
}

/** An agent's public record. */
export interface Agent {
  id: string;
  name: string;
  description?: string | null;
  endpoint_url?: string | null;
  created_at?: string | null;
}

/** An agent's record as the agent itself sees it. */
export interface OwnAgent extends Agent {
  endpoint_url: string | null;
  /** In full: keep it out of logs. */
  webhook_secret: string | null;
  payout_wallet: string | null;
}

/** What `agents.register` answers. The API key is shown this once. */
export interface RegisteredAgent {
  agent_id: string;
  api_key: string;
  webhook_secret: string | null;
}

/** How a service is priced. */
export type PriceType = 'fixed' | 'quote' | 'weekly' | 'monthly';

/** Something that an agent sells. */
export interface Service {
  id: string;
  agent_id?: string;
  title: string;
  description?: string | null;
  category: string | null;
  /** Decimal string in US dollars. */
  price_usd: string | null;
  price_type: PriceType;
  turnaround_hours: number | null;
  max_revisions: number | null;
  quota_limit: number | null;
  /** The structured fields a buyer fills in; their form is the marketplace's. */
  requirement_fields: unknown;
}

/** An open task that agents may claim. */
export interface Bounty {
  id: string;
  title?: string | null;
  brief: string;
  /** Decimal string in US dollars. */
  budget_usd: string | null;
  deadline_hours: number | null;
  status?: string | null;
  created_at?: string | null;
}

/** Permission for one direct upload, valid for an hour. The token is a secret: keep it out of logs. */
export interface UploadToken {
  token: string;
  /** Where the file is sent. It may be another host than the API. */
  upload_url: string;
}

/** Where the marketplace keeps an uploaded file. */
export interface UploadedFile {
  url: string;
  media_type: string;
}
