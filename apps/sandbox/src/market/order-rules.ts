import { newId } from './ids.ts';
import {
  type DeliverableRow,
  MEDIA_TYPES,
  type MediaType,
  type Order,
  Refusal,
  type Status,
} from './types.ts';

/**
 * What may be done with an order in which status, and what it becomes. Each function changes the order it is given, or throws
 * a Refusal with the marketplace's text and changes nothing. `now` in ms since the epoch.
 */

export const REVIEW_WINDOW_MS = 48 * 3_600_000;
const DELIVERABLE: readonly Status[] = ['paid', 'in_progress', 'delivered', 'revision_requested', 'disputed'];
const CANCELLABLE: readonly Status[] = ['pending_quote', 'quoted', 'accepted', 'paid'];
const MESSAGEABLE: readonly Status[] = [
  'paid',
  'in_progress',
  'delivered',
  'revision_requested',
  'completed',
  'disputed',
];
const MAX_PRICE_USD = 1_000_000;
const MAX_MESSAGE = 2000;
/** An order in progress for longer, without a deliverable, reads as paid. */
const IDLE_MS = 10 * 60_000;

function become(order: Order, status: Status, now: number, by: string): void {
  order.status = status;
  order.states.push({ status, at: now, by });
}

export function quote(order: Order, price: unknown, now: number): void {
  if (order.status !== 'pending_quote') {
    throw new Refusal(400, `Cannot quote order with status "${order.status}". Must be "pending_quote".`);
  }
  order.priceUsd = readPrice(price);
  become(order, 'quoted', now, 'agent');
}

/** Prices are read leniently: `"1,500"` is 1.00, `"0.004"` is 0.00. */
function readPrice(price: unknown): string {
  if (typeof price !== 'string') throw new Refusal(400, 'price_usd must be a string');
  const value = Number.parseFloat(price);
  if (!(value > 0)) throw new Refusal(400, 'price_usd must be a positive number');
  if (value > MAX_PRICE_USD) throw new Refusal(400, 'price_usd must be at most 1,000,000');
  return value.toFixed(2);
}

/** A subscription opens a workspace at once; anything else waits for the agent as `paid`. */
export function pay(order: Order, now: number): void {
  mustBe(order, ['quoted', 'accepted'], 'pay');
  if (order.workspaceMs === null) {
    become(order, 'paid', now, 'buyer');
    return;
  }
  order.inProgressAt = now;
  order.workspaceExpiresAt = now + order.workspaceMs;
  become(order, 'in_progress', now, 'buyer');
}

/** What an agent says it delivers. */
interface Delivered {
  url: string;
  mediaType: MediaType;
}

/** Reads the body of a delivery: one deliverable, or `deliverables`. */
export function readDeliverables(body: unknown): Delivered[] {
  const { deliverables } = (body ?? {}) as { deliverables?: unknown };
  if (deliverables === undefined) return [readDeliverable(body)];
  if (!Array.isArray(deliverables)) throw new Refusal(400, 'deliverables must be an array');
  if (deliverables.length === 0) throw new Refusal(400, 'deliverables array cannot be empty');
  return deliverables.map(readDeliverable);
}

function readDeliverable(value: unknown): Delivered {
  const row = (value ?? {}) as { deliverable_url?: unknown; deliverable_media_type?: unknown };
  const url = row.deliverable_url;
  if (typeof url !== 'string' || !URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new Refusal(400, 'deliverable_url must be a valid http(s) URL');
  }
  const mediaType = MEDIA_TYPES.find((known) => known === row.deliverable_media_type);
  if (mediaType === undefined) {
    throw new Refusal(400, `deliverable_media_type must be one of: ${MEDIA_TYPES.join(', ')}`);
  }
  return { url, mediaType };
}

/** Over `delivered` the older set is superseded; over a revision or dispute the new rows stand beside the older ones. */
export function deliver(order: Order, delivered: readonly Delivered[], now: number): void {
  if (!DELIVERABLE.includes(order.status)) {
    throw new Refusal(
      400,
      `Cannot deliver order with status "${order.status}". Must be one of: ${DELIVERABLE.join(', ')}`,
    );
  }
  if (order.status === 'delivered') for (const row of order.deliverables) row.status = 'superseded';
  const rows = delivered.map(
    (row): DeliverableRow => ({ id: newId('del'), ...row, status: 'completed', createdAt: now }),
  );
  order.deliverables.push(...rows);
  order.primary = rows[0] ?? null;
  order.deliveredAt = now;
  order.reviewDeadline = now + REVIEW_WINDOW_MS;
  become(order, 'delivered', now, 'agent');
}

export function approve(order: Order, now: number, by: 'buyer' | 'time'): void {
  mustBe(order, ['delivered'], 'approve');
  order.completedAt = now;
  become(order, 'completed', now, by);
}

export function requestRevision(order: Order, feedback: unknown, now: number): string {
  mustBe(order, ['delivered'], 'request a revision of');
  const text = mustBeText(feedback, 'feedback');
  order.revisionCount += 1;
  become(order, 'revision_requested', now, 'buyer');
  return text;
}

export function dispute(order: Order, reason: unknown, now: number): string {
  mustBe(order, ['delivered'], 'dispute');
  const text = mustBeText(reason, 'reason');
  become(order, 'disputed', now, 'buyer');
  return text;
}

export function cancel(order: Order, now: number): Status {
  mustBe(order, CANCELLABLE, 'cancel');
  const before = order.status;
  become(order, 'cancelled', now, 'buyer');
  return before;
}

export function readMessage(order: Order, content: unknown): string {
  if (!MESSAGEABLE.includes(order.status))
    throw new Refusal(400, 'Messaging not available for this order status');
  const text = typeof content === 'string' ? content.trim() : '';
  if (text.length < 1 || text.length > MAX_MESSAGE)
    throw new Refusal(400, 'Content must be 1-2000 characters');
  return text;
}

/** Puts an order into any status, with the times that belong to it. */
export function force(order: Order, status: Status, now: number): void {
  if (status === 'in_progress') order.inProgressAt = now;
  if (status === 'delivered') {
    order.deliveredAt ??= now;
    order.reviewDeadline = now + REVIEW_WINDOW_MS;
  }
  if (status === 'completed') order.completedAt ??= now;
  become(order, status, now, 'forced');
}

/** After so long a silence the buyer has approved. */
export function isReviewOver(order: Order, now: number): boolean {
  return order.status === 'delivered' && order.reviewDeadline !== null && now >= order.reviewDeadline;
}

export function endReview(order: Order, now: number): void {
  mustBe(order, ['delivered'], 'end the review of');
  order.reviewDeadline = now;
}

/** Reading one order has a side effect: work that stands still reads as paid from then on. */
export function noteRead(order: Order, now: number): void {
  const isIdle = order.status === 'in_progress' && order.deliverables.length === 0;
  if (isIdle && now - (order.inProgressAt ?? now) > IDLE_MS) become(order, 'paid', now, 'time');
}

function mustBe(order: Order, allowed: readonly Status[], action: string): void {
  if (!allowed.includes(order.status)) {
    throw new Refusal(400, `Cannot ${action} order with status "${order.status}"`);
  }
}

function mustBeText(value: unknown, name: string): string {
  if (typeof value !== 'string' || value.trim() === '') throw new Refusal(400, `${name} is required`);
  return value;
}
