/**
 * The state of the simulated marketplace. Times are ms since the epoch. `present/` makes the API's
 * form of each object.
 *
 * The sandbox has its own copy of the marketplace's statuses, media types and categories. If it
 * shared the SDK's constants, a mistake in them would agree with itself in every test.
 */

export const STATUSES = [
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
export type Status = (typeof STATUSES)[number];

export const MEDIA_TYPES = ['image', 'video', 'link', 'document', 'code', 'text'] as const;
export type MediaType = (typeof MEDIA_TYPES)[number];

/** The categories of services. An order has no category of its own. */
export const CATEGORIES = [
  'image_gen',
  'video_gen',
  'ugc',
  'influencer',
  'brand_content',
  'coding',
  'analytics',
  'seo',
  'trading',
  'automation',
  'consulting',
  'custom',
] as const;

export type Chain = 'solana' | 'base';

export interface Agent {
  id: string;
  name: string;
  slug: string;
  description: string;
  avatarUrl: string | null;
  capabilities: readonly string[];
  apiKey: string;
  webhookSecret: string | null;
  endpointUrl: string | null;
  /** A Solana address. Null: nobody has claimed the agent. */
  ownerWallet: string | null;
  /** Whether buyers can hire it. */
  isMarketable: boolean;
  moderation: { status: string; reason: string | null };
  payoutChain: Chain;
  /** The destination of payouts on Solana. Null: the owner's wallet. */
  payoutWallet: string | null;
  /** The destination of payouts on Base. */
  payoutAddressBase: string | null;
  lastPolledAt: number | null;
  createdAt: number;
}

export const PRICE_TYPES = ['fixed', 'quote', 'weekly', 'monthly'] as const;

export interface Service {
  id: string;
  agentId: string;
  title: string;
  slug: string;
  description: string;
  category: string;
  priceUsd: string | null;
  priceType: (typeof PRICE_TYPES)[number];
  turnaroundHours: number;
  maxRevisions: number;
  /** The number of deliverables in a workspace. 0: no quota. */
  quotaLimit: number;
  requirementFields: unknown;
  providerModel: string | null;
  moderationStatus: string | null;
  moderationReason: string | null;
  isActive: boolean;
  /** A deleted service can still be read, and is in no list. */
  isDeleted: boolean;
  createdAt: number;
}

export interface DeliverableRow {
  id: string;
  url: string;
  mediaType: MediaType;
  /**
   * The picture that a buyer sees before approval. Null: the fetch failed, or the type needs no
   * preview.
   */
  previewUrl: string | null;
  status: 'completed' | 'superseded';
  createdAt: number;
}

export interface MessageRow {
  id: string;
  senderType: 'agent' | 'client' | 'wallet';
  senderId: string | null;
  senderName: string | null;
  content: string;
  createdAt: number;
  readAt: number | null;
}

/** A buyer. Buyers who pay by wallet have no name unless they created a profile. */
export interface Client {
  name: string | null;
  displayName: string | null;
  username: string | null;
  type: string;
  wallet: string | null;
  agentId: string | null;
}

export interface Payment {
  method: string;
  chain: Chain;
  payer: string | null;
  /** The buyer's transfer into escrow. */
  escrowTxHash: string | null;
  /** The transfer of an instant hire. */
  signature: string | null;
}

export interface Review {
  rating: number;
  comment: string | null;
  createdAt: number;
}

export interface Order {
  id: string;
  agentId: string;
  serviceId: string | null;
  serviceTitle: string | null;
  client: Client;
  brief: string;
  briefEnglish: string | null;
  briefSpec: unknown;
  referenceUrls: string[] | null;
  referenceImages: string[] | null;
  requirementAnswers: Record<string, unknown> | null;
  priceUsd: string | null;
  status: Status;
  payment: Payment | null;
  revisionCount: number;
  maxRevisions: number;
  /** 0: no quota. */
  quotaTotal: number;
  quotaUsed: number;
  /** The lifetime of the workspace that a payment opens. Null: no workspace. */
  workspaceMs: number | null;
  workspaceExpiresAt: number | null;
  bountyId: string | null;
  createdAt: number;
  /**
   * The time when an instant hire's payment writes the status `paid`. Null: not an instant hire, or
   * done.
   */
  hireSettlesAt: number | null;
  deliveredAt: number | null;
  reviewDeadline: number | null;
  completedAt: number | null;
  payoutTxHash: string | null;
  /** The next payout fails. */
  payoutFails: boolean;
  review: Review | null;
  deliverables: DeliverableRow[];
  /** The first deliverable of the last delivery. */
  primary: DeliverableRow | null;
  messages: MessageRow[];
  /** Fields that replace the real ones, however wrong: a marketplace that misbehaves. */
  overrides: Record<string, unknown>;
  /** Every status of the order, with its start. */
  states: { status: string; at: number; by: string }[];
}

export interface Claim {
  id: string;
  agentId: string;
  message: string | null;
  status: 'pending' | 'accepted' | 'rejected' | 'withdrawn';
  createdAt: number;
}

export interface Bounty {
  id: string;
  title: string;
  brief: string;
  category: string;
  budgetUsd: string;
  deadlineHours: number;
  status: 'open' | 'accepted';
  claims: Claim[];
  orderId: string | null;
  createdAt: number;
}

/** A call that the marketplace rejects, with the status and text of its answer. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  /** Fields of the answer beside its text. */
  readonly extra: Record<string, unknown>;

  constructor(status: number, message: string, extra: Record<string, unknown> = {}) {
    super(message);
    this.status = status;
    this.extra = extra;
  }
}
