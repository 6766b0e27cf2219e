import { z } from 'zod';
import { cutText } from './text/cut-text.ts';

/** The states of an order on the marketplace. */
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

export type OrderStatus = (typeof ORDER_STATUSES)[number];

/** The statuses in which an order waits for the seller; one list call asks for all of them. */
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

export const MEDIA_TYPES = ['image', 'video', 'link', 'document', 'code', 'text'] as const;
export type MediaType = (typeof MEDIA_TYPES)[number];

/** An order's or agent's id, as far as we accept one: it becomes part of job ids, Redis keys and paths. */
export const idSchema = z.string().regex(/^[A-Za-z0-9_-]{1,100}$/, 'an id of letters, digits, _ and -');

/**
 * What we know of an order from the marketplace, normalised: times in ms since the epoch, JSON strings parsed,
 * absent and null fields null. The marketplace is the truth about it; a newer snapshot replaces an older one.
 */
export interface OrderSnapshot {
  id: string;
  agentId: string;
  status: OrderStatus | 'unknown';
  /** The status as the marketplace spelled it; differs from `status` only when that is `unknown`. */
  rawStatus: string;
  serviceId: string | null;
  serviceTitle: string | null;
  serviceCategory: string | null;
  clientName: string | null;
  clientWallet: string | null;
  clientAgentId: string | null;
  /** The buyer's text, untrusted. Empty when the marketplace gave none (then `problems` says so). */
  brief: string;
  referenceUrls: string[];
  referenceImages: string[];
  requirementAnswers: Record<string, unknown>;
  /** Decimal strings, as the marketplace writes them: `"45.00"`. */
  quotedPriceUsd: string | null;
  platformFeeUsd: string | null;
  revisionCount: number;
  maxRevisions: number;
  bountyId: string | null;
  createdAt: number | null;
  deliveredAt: number | null;
  reviewDeadline: number | null;
  completedAt: number | null;
  workspaceExpiresAt: number | null;
  payoutTxHash: string | null;
  /** What was wrong with the fields, in words, for the operator. */
  problems: string[];
}

/** Revisions included in the price when an order does not say. */
const DEFAULT_MAX_REVISIONS = 3;
/** References beyond this number are left out. The marketplace takes up to 5. */
const MAX_REFERENCES = 20;
/** Counts beyond this are no counts: a round is named by its number, see `ROUND_PATTERN`. */
const MAX_COUNT = 999_999;
/** Answers nested deeper than this are left out: what cannot be written down again must not be taken in. */
const MAX_DEPTH = 32;

/** Thrown when an answer of the marketplace cannot be read as an order at all. */
export class UnreadableOrderError extends Error {
  override readonly name = 'UnreadableOrderError';
}

/**
 * Reads an order as the marketplace gave it (API list, API read, or webhook). Unknown fields are dropped; a field of the
 * wrong type counts as absent and is named in `problems`.
 * @throws UnreadableOrderError when it is no object, or has no usable `id`.
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
  if (brief === null) fields.problems.push('brief is missing');

  return {
    id: id.data,
    agentId: fields.text('provider_agent_id') ?? '',
    status,
    rawStatus: cutText(rawStatus, 40),
    serviceId: fields.text('service_id'),
    serviceTitle: fields.text('service_title'),
    serviceCategory: fields.text('service_category'),
    clientName: fields.text('client_name'),
    clientWallet: fields.text('client_wallet'),
    clientAgentId: fields.text('client_agent_id'),
    brief: brief ?? '',
    referenceUrls: fields.urls('reference_urls'),
    referenceImages: fields.urls('reference_images'),
    requirementAnswers: fields.object('requirement_answers'),
    quotedPriceUsd: fields.text('quoted_price_usd'),
    platformFeeUsd: fields.text('platform_fee_usd'),
    revisionCount: fields.count('revision_count') ?? 0,
    maxRevisions: fields.count('max_revisions') ?? DEFAULT_MAX_REVISIONS,
    bountyId: fields.text('bounty_id'),
    createdAt: fields.time('created_at'),
    deliveredAt: fields.time('delivered_at'),
    reviewDeadline: fields.time('review_deadline'),
    completedAt: fields.time('completed_at'),
    workspaceExpiresAt: fields.time('workspace_expires_at'),
    payoutTxHash: fields.text('payout_tx_hash') || null,
    problems: fields.problems,
  };
}

/** The list gives fewer `client_*` fields than a single order: what an earlier snapshot knew of the buyer is kept. */
export function mergeSnapshots(older: OrderSnapshot | null, newer: OrderSnapshot): OrderSnapshot {
  if (older === null) return newer;
  return {
    ...newer,
    clientName: newer.clientName ?? older.clientName,
    clientWallet: newer.clientWallet ?? older.clientWallet,
    clientAgentId: newer.clientAgentId ?? older.clientAgentId,
  };
}

/** A date, and after a blank or `T` a time, with or without a zone. */
const TIME = /^(\d{4}-\d{2}-\d{2})(?:[ T](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(Z|[+-]\d{2}:\d{2})?)?$/;

/**
 * A time of the marketplace in ms since the epoch: `YYYY-MM-DD HH:MM:SS` or ISO 8601; both occur. Without a zone it is UTC,
 * wherever we run.
 * @returns null when it is neither.
 */
export function parseTime(text: string): number | null {
  const [, day, clock = '00:00:00', zone = 'Z'] = TIME.exec(text) ?? [];
  if (day === undefined) return null;
  const time = Date.parse(`${day}T${clock}${zone}`);
  return Number.isNaN(time) ? null : time;
}

/** Reads one field at a time and notes what was wrong with it. */
class FieldReader {
  readonly problems: string[] = [];
  readonly raw: Record<string, unknown>;

  constructor(raw: Record<string, unknown>) {
    this.raw = raw;
  }

  text(name: string): string | null {
    const value = this.raw[name];
    if (value === undefined || value === null) return null;
    if (typeof value === 'string') return value;
    if (typeof value === 'number') return String(value);
    return this.#wrong(name, 'text');
  }

  count(name: string): number | null {
    const value = this.raw[name];
    if (value === undefined || value === null) return null;
    const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
    if (typeof number === 'number' && Number.isInteger(number) && number >= 0 && number <= MAX_COUNT) {
      // JSON can say -0, which does not come back as it was.
      return Math.abs(number);
    }
    return this.#wrong(name, 'a whole number');
  }

  time(name: string): number | null {
    const value = this.raw[name];
    if (value === undefined || value === null) return null;
    const time = typeof value === 'string' ? parseTime(value) : null;
    return time ?? this.#wrong(name, 'a time');
  }

  urls(name: string): string[] {
    const value = this.#json(name);
    if (value === null) return [];
    if (!Array.isArray(value)) {
      this.#wrong(name, 'a list of URLs');
      return [];
    }
    return value.filter((entry) => typeof entry === 'string').slice(0, MAX_REFERENCES);
  }

  object(name: string): Record<string, unknown> {
    const value = this.#json(name);
    if (value === null) return {};
    if (typeof value !== 'object' || Array.isArray(value)) this.#wrong(name, 'an object');
    else if (isDeeper(value, MAX_DEPTH)) this.#wrong(name, `an object of at most ${MAX_DEPTH} levels`);
    else return value as Record<string, unknown>;
    return {};
  }

  /** A value that may come as itself or as a string of JSON. Null when absent, empty or not JSON. */
  #json(name: string): unknown {
    const value = this.raw[name];
    if (value === undefined || value === null || value === '') return null;
    if (typeof value !== 'string') return value;
    try {
      return JSON.parse(value);
    } catch {
      return this.#wrong(name, 'JSON');
    }
  }

  #wrong(name: string, expected: string): null {
    this.problems.push(`${name} is not ${expected}`);
    return null;
  }
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1));
}
