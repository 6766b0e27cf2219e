import { type DELIVERABLE_MEDIA_TYPES, ORDER_STATUSES } from '@atelier-ai/sdk/constants';
import { z } from 'zod';
import { cutText } from '../text/cut-text.ts';
import { FieldReader } from './field-reader.ts';

export { DELIVERABLE_MEDIA_TYPES as MEDIA_TYPES, ORDER_STATUSES } from '@atelier-ai/sdk/constants';

/** The states of an order on the marketplace. */
export type OrderStatus = (typeof ORDER_STATUSES)[number];

/** The statuses in which an order waits for the seller. One list call asks for all of them. */
export const STATUSES_TO_POLL = [
  'pending_quote',
  'paid',
  'in_progress',
  'revision_requested',
  'disputed',
] as const satisfies readonly OrderStatus[];

/** The statuses in which the marketplace takes a message from the seller. */
export const STATUSES_TAKING_MESSAGES: readonly OrderStatus[] = [
  'paid',
  'in_progress',
  'delivered',
  'revision_requested',
  'completed',
  'disputed',
];

/** Whether the marketplace takes a message from the seller in this status. */
export function acceptsMessages(status: OrderStatus | 'unknown'): boolean {
  return status !== 'unknown' && STATUSES_TAKING_MESSAGES.includes(status);
}

/** Whether the seller owes work on the order, or the buyer still decides about it. */
export function isOpen(status: OrderStatus | 'unknown'): boolean {
  return OPEN_STATUSES.includes(status);
}

const OPEN_STATUSES: readonly (OrderStatus | 'unknown')[] = [
  'paid',
  'in_progress',
  'revision_requested',
  'delivered',
  'disputed',
];

export type MediaType = (typeof DELIVERABLE_MEDIA_TYPES)[number];

/**
 * The id of an order or agent, in the form that we accept. The id becomes part of job ids, Redis
 * keys and paths.
 */
export const idSchema = z.string().regex(/^[A-Za-z0-9_-]{1,100}$/, 'an id of letters, digits, _ and -');

/**
 * The marketplace's data about an order, normalised: times in ms since the epoch, JSON strings
 * parsed, absent and null fields null. The marketplace is the source of truth, so a newer snapshot
 * replaces an older one.
 */
export interface OrderSnapshot {
  id: string;
  agentId: string;
  status: OrderStatus | 'unknown';
  /**
   * The status as the marketplace spelled it. Differs from `status` only if `status` is `unknown`.
   */
  rawStatus: string;
  serviceId: string | null;
  serviceTitle: string | null;
  serviceCategory: string | null;
  clientName: string | null;
  clientDisplayName: string | null;
  clientUsername: string | null;
  /** The kind of buyer, in the marketplace's words. */
  clientType: string | null;
  clientWallet: string | null;
  clientAgentId: string | null;
  /**
   * The buyer's text, untrusted. Empty without a brief.
   */
  brief: string;
  /** Whether the marketplace gave a brief. An empty brief counts. */
  hasBrief: boolean;
  /**
   * The marketplace's translation of the brief, and its structured reading (any JSON), if the
   * marketplace provides them. As untrusted as the brief.
   */
  briefEnglish: string | null;
  briefSpec: unknown;
  referenceUrls: string[];
  referenceImages: string[];
  requirementAnswers: Record<string, unknown>;
  /** Decimal strings in the marketplace's format: `"45.00"`. */
  quotedPriceUsd: string | null;
  platformFeeUsd: string | null;
  revisionCount: number;
  maxRevisions: number;
  /** The deliveries that a workspace includes, and those used. Null: the order has no quota. */
  quotaTotal: number | null;
  quotaUsed: number | null;
  bountyId: string | null;
  /**
   * Whether the order shows any deliverable, whoever delivered it. Null: the answer did not say. An
   * expired workspace is `delivered` without a deliverable (observed).
   */
  hasDeliverables: boolean | null;
  createdAt: number | null;
  deliveredAt: number | null;
  reviewDeadline: number | null;
  completedAt: number | null;
  workspaceExpiresAt: number | null;
  payoutTxHash: string | null;
  /** The first deliverable of the last delivery. Absent in snapshots of earlier versions. */
  deliverableUrl?: string | null;
  /** The problems of the fields, in words, for the operator. */
  problems: string[];
}

/** The problem of an order without a brief. Snapshots of earlier versions name only the problem. */
export const NO_BRIEF = 'brief is missing';

/** Revisions included in the price if an order does not say. */
const DEFAULT_MAX_REVISIONS = 3;

/** Thrown when an answer of the marketplace cannot be read as an order at all. */
export class UnreadableOrderError extends Error {
  override readonly name = 'UnreadableOrderError';
}

/**
 * Reads an order from the marketplace (API list, API read, or webhook). Unknown fields are dropped.
 * A field of the wrong type counts as absent and is named in `problems`.
 * @throws UnreadableOrderError when the answer is not an object, or has no usable `id`.
 */
export function parseOrder(raw: unknown): OrderSnapshot {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    throw new UnreadableOrderError('The marketplace gave something that is not an order object.');
  }
  const fields = new FieldReader(raw as Record<string, unknown>);
  const id = idSchema.safeParse(fields.raw.id);
  if (!id.success) throw new UnreadableOrderError('The marketplace gave an order without a usable id.');

  const rawStatus = fields.text('status') ?? '';
  const status = ORDER_STATUSES.find((known) => known === rawStatus) ?? 'unknown';
  if (status === 'unknown') fields.problems.push(`status "${cutText(rawStatus, 40)}" is not known`);
  const brief = fields.text('brief');
  if (brief === null) fields.problems.push(NO_BRIEF);

  return {
    id: id.data,
    agentId: fields.text('provider_agent_id') ?? '',
    status,
    rawStatus: cutText(rawStatus, 40),
    serviceId: fields.text('service_id'),
    serviceTitle: fields.text('service_title'),
    serviceCategory: fields.text('service_category'),
    clientName: fields.text('client_name'),
    clientDisplayName: fields.text('client_display_name'),
    clientUsername: fields.text('client_username'),
    clientType: fields.text('client_type'),
    clientWallet: fields.text('client_wallet'),
    clientAgentId: fields.text('client_agent_id'),
    brief: brief ?? '',
    hasBrief: brief !== null,
    briefEnglish: fields.text('brief_english') || null,
    briefSpec: fields.json('brief_spec'),
    referenceUrls: fields.urls('reference_urls'),
    referenceImages: fields.urls('reference_images'),
    requirementAnswers: fields.object('requirement_answers'),
    quotedPriceUsd: fields.text('quoted_price_usd'),
    platformFeeUsd: fields.text('platform_fee_usd'),
    revisionCount: fields.count('revision_count') ?? 0,
    maxRevisions: fields.count('max_revisions') ?? DEFAULT_MAX_REVISIONS,
    quotaTotal: fields.count('quota_total') || null,
    quotaUsed: fields.count('quota_used'),
    bountyId: fields.text('bounty_id'),
    hasDeliverables: fields.isGiven('deliverable_url'),
    createdAt: fields.time('created_at'),
    deliveredAt: fields.time('delivered_at'),
    reviewDeadline: fields.time('review_deadline'),
    completedAt: fields.time('completed_at'),
    workspaceExpiresAt: fields.time('workspace_expires_at'),
    payoutTxHash: fields.text('payout_tx_hash') || null,
    deliverableUrl: fields.text('deliverable_url') || null,
    problems: fields.problems,
  };
}

/**
 * A newer snapshot, completed with fields of an older one that the newer lacks. The list has fewer
 * `client_*` fields than a single order, and an answer may lack the marketplace's reading of the
 * brief. The buyer's purchase never changes, so an answer without it is incomplete.
 */
export function mergeSnapshots(older: OrderSnapshot | null, newer: OrderSnapshot): OrderSnapshot {
  if (older === null) return newer;
  const kept = KEPT.map((name) => [name, newer[name] ?? older[name]]);
  const isSameState = older.rawStatus === newer.rawStatus && older.revisionCount === newer.revisionCount;
  const hasDeliverables = newer.hasDeliverables ?? (isSameState ? older.hasDeliverables : null);
  return { ...newer, ...Object.fromEntries(kept), hasDeliverables };
}

const KEPT = [
  'serviceId',
  'serviceTitle',
  'bountyId',
  'clientName',
  'clientDisplayName',
  'clientUsername',
  'clientType',
  'clientWallet',
  'clientAgentId',
  'briefEnglish',
  'briefSpec',
] as const satisfies readonly (keyof OrderSnapshot)[];
