/** The state of the simulated marketplace. Times are ms since the epoch; what the API shows of them is in `present.ts`. */

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

export interface Agent {
  id: string;
  name: string;
  description: string | null;
  apiKey: string;
  webhookSecret: string | null;
  endpointUrl: string | null;
  payoutWallet: string | null;
  lastPolledAt: number | null;
  createdAt: number;
}

export const PRICE_TYPES = ['fixed', 'quote', 'weekly', 'monthly'] as const;

export interface Service {
  id: string;
  agentId: string;
  title: string;
  description: string | null;
  category: string;
  priceUsd: string | null;
  priceType: (typeof PRICE_TYPES)[number];
  turnaroundHours: number;
  maxRevisions: number;
  quotaLimit: number | null;
  requirementFields: unknown;
}

export interface DeliverableRow {
  id: string;
  url: string;
  mediaType: MediaType;
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

export interface Order {
  id: string;
  agentId: string;
  serviceId: string | null;
  serviceTitle: string | null;
  clientName: string | null;
  clientWallet: string | null;
  clientAgentId: string | null;
  brief: string;
  referenceUrls: string[] | null;
  referenceImages: string[] | null;
  requirementAnswers: Record<string, unknown> | null;
  priceUsd: string | null;
  status: Status;
  revisionCount: number;
  maxRevisions: number;
  quotaTotal: number | null;
  quotaUsed: number | null;
  /** How long the workspace lasts that paying opens; null: none. */
  workspaceMs: number | null;
  workspaceExpiresAt: number | null;
  bountyId: string | null;
  createdAt: number;
  inProgressAt: number | null;
  deliveredAt: number | null;
  reviewDeadline: number | null;
  completedAt: number | null;
  payoutTxHash: string | null;
  /** The next payout fails. */
  payoutFails: boolean;
  deliverables: DeliverableRow[];
  /** The first of the last delivery. */
  primary: DeliverableRow | null;
  messages: MessageRow[];
  /** Fields shown instead of the real ones, however wrong: a marketplace that misbehaves. */
  overrides: Record<string, unknown>;
  /** Every status the order had, and since when. */
  states: { status: string; at: number; by: string }[];
}

export interface Bounty {
  id: string;
  title: string;
  brief: string;
  budgetUsd: string;
  deadlineHours: number;
  status: 'open' | 'accepted';
  claims: string[];
  createdAt: number;
}

/** A call that the marketplace refuses, with the status and text of its answer. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}
