import { newId } from '../ids.ts';
import { newPayment } from '../new-order.ts';
import { type DeliverableRow, type Order, Refusal, type Status } from '../types.ts';
import type { Delivered } from './deliverables.ts';

/**
 * The actions on an order: the statuses that allow each one, and its effect. Each function changes
 * the order, or throws a Refusal and changes nothing. `now` is in ms since the epoch. The texts for
 * quoting, delivering, messages and a payout before completion were observed. The others are
 * assumptions.
 */

const HOUR_MS = 3_600_000;
export const REVIEW_WINDOW_MS = 48 * HOUR_MS;
/** A delivery over `delivered` leaves the buyer at least this long. */
const LEAST_REVIEW_MS = 24 * HOUR_MS;
const DELIVERABLE: readonly Status[] = ['paid', 'in_progress', 'disputed', 'revision_requested', 'delivered'];
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

export function become(order: Order, status: Status, { now, by }: { now: number; by: string }): void {
  order.status = status;
  order.states.push({ status, at: now, by });
}

export function quote(order: Order, price: unknown, now: number): void {
  const priceUsd = readPrice(price);
  if (order.status !== 'pending_quote') {
    throw new Refusal(400, `Cannot quote order with status "${order.status}". Must be "pending_quote".`);
  }
  order.priceUsd = priceUsd;
  become(order, 'quoted', { now, by: 'agent' });
}

/** Prices are read leniently: `"1,500"` is 1.00, `"0.004"` is 0.00. */
function readPrice(price: unknown): string {
  if (typeof price !== 'string' || price === '') throw new Refusal(400, 'price_usd is required as a string');
  const value = Number.parseFloat(price);
  if (!(value > 0 && value <= MAX_PRICE_USD)) {
    throw new Refusal(400, 'price_usd must be a positive number up to 1,000,000');
  }
  return value.toFixed(2);
}

/**
 * A subscription or a quota opens a workspace at once. Any other order waits for the agent as
 * `paid`.
 */
export function pay(order: Order, now: number): void {
  requireStatus(order, ['quoted', 'accepted'], 'pay');
  order.payment = newPayment(order.client, false);
  if (order.workspaceMs === null) {
    become(order, 'paid', { now, by: 'buyer' });
    return;
  }
  order.workspaceExpiresAt = now + order.workspaceMs;
  become(order, 'in_progress', { now, by: 'buyer' });
}

/** An instant hire writes `paid` after its payout, whatever the status is (observed). */
export function overwriteWithPaid(order: Order, now: number): void {
  if (order.status !== 'paid') become(order, 'paid', { now, by: 'hire' });
}

/** @throws Refusal 400 if the order accepts no delivery. */
export function requireDeliverable(order: Order): void {
  if (DELIVERABLE.includes(order.status)) return;
  throw new Refusal(
    400,
    `Cannot deliver order with status "${order.status}". Must be one of: ${DELIVERABLE.join(', ')}.`,
  );
}

/**
 * A delivery over `delivered` supersedes the older set. Over a revision or dispute, the new rows
 * join the older ones.
 */
export function deliver(order: Order, delivered: readonly Delivered[], now: number): void {
  requireDeliverable(order);
  const isResubmission = order.status === 'delivered';
  if (isResubmission) for (const row of order.deliverables) row.status = 'superseded';
  const rows = delivered.map(
    (row): DeliverableRow => ({ id: newId('del'), ...row, status: 'completed', createdAt: now }),
  );
  order.deliverables.push(...rows);
  order.primary = rows[0] ?? null;
  order.deliveredAt = now;
  const { reviewDeadline } = order;
  order.reviewDeadline =
    isResubmission && reviewDeadline !== null
      ? Math.max(reviewDeadline, now + LEAST_REVIEW_MS)
      : now + REVIEW_WINDOW_MS;
  become(order, 'delivered', { now, by: 'agent' });
}

export function approve(order: Order, now: number, by: 'buyer' | 'time'): void {
  requireStatus(order, ['delivered'], 'approve');
  order.completedAt = now;
  become(order, 'completed', { now, by });
}

/** @returns the feedback, trimmed. */
export function requestRevision(order: Order, feedback: unknown, now: number): string {
  requireStatus(order, ['delivered'], 'revision');
  const text = typeof feedback === 'string' ? feedback.trim() : '';
  if (text === '') throw new Refusal(400, 'feedback is required when requesting a revision');
  order.revisionCount += 1;
  become(order, 'revision_requested', { now, by: 'buyer' });
  return text;
}

/** @returns the trimmed reason, which may be empty. */
export function dispute(order: Order, reason: unknown, now: number): string {
  requireStatus(order, ['delivered'], 'dispute');
  become(order, 'disputed', { now, by: 'buyer' });
  return typeof reason === 'string' ? reason.trim() : '';
}

/** @returns the status before. */
export function cancel(order: Order, now: number): Status {
  requireStatus(order, CANCELLABLE, 'cancel');
  const before = order.status;
  become(order, 'cancelled', { now, by: 'buyer' });
  return before;
}

/** @throws Refusal 400, or 500 for content that is not a string (observed). */
export function readMessage(order: Order, content: unknown): string {
  if (!MESSAGEABLE.includes(order.status)) {
    throw new Refusal(400, 'Messaging not available for this order status');
  }
  if (content !== undefined && content !== null && typeof content !== 'string') {
    throw new Refusal(500, 'Internal server error');
  }
  const text = content?.trim() ?? '';
  if (text.length < 1 || text.length > MAX_MESSAGE) {
    throw new Refusal(400, 'Content must be 1-2000 characters');
  }
  return text;
}

/**
 * Requires a completed and unpaid order, so that the agent can request the payout again.
 * @throws Refusal 400, 409
 */
export function requireAwaitedPayout(order: Order): void {
  if (order.status !== 'completed') {
    throw new Refusal(400, `Order is in status '${order.status}', expected 'completed'`);
  }
  if (order.payoutTxHash !== null) {
    throw new Refusal(409, 'The order is paid out already');
  }
}

/** Puts an order into any status, with the times that belong to it. */
export function force(order: Order, status: Status, now: number): void {
  if (status === 'delivered') {
    order.deliveredAt ??= now;
    order.reviewDeadline = now + REVIEW_WINDOW_MS;
  }
  if (status === 'completed') order.completedAt ??= now;
  become(order, status, { now, by: 'forced' });
}

/** Whether the buyer's silence counts as approval. */
export function isReviewOver(order: Order, now: number): boolean {
  return order.status === 'delivered' && order.reviewDeadline !== null && now >= order.reviewDeadline;
}

/** @throws Refusal 400 when no review is open. */
export function endReview(order: Order, now: number): void {
  requireStatus(order, ['delivered'], 'end the review of');
  order.reviewDeadline = now;
}

function requireStatus(order: Order, allowed: readonly Status[], action: string): void {
  if (!allowed.includes(order.status)) {
    throw new Refusal(400, `Cannot ${action} order in status ${order.status}`);
  }
}
