import type { Order } from '../types.ts';
import { become, REVIEW_WINDOW_MS } from './order-rules.ts';

/**
 * An order that is in progress for longer than this, without a workspace, a quota or a deliverable,
 * reads as paid.
 */
const IDLE_MS = 10 * 60_000;

/**
 * Reading one order has side effects (observed). After the end of its workspace an order becomes
 * `delivered`, even without a deliverable. An idle order without a workspace becomes `paid`. `now`
 * in ms since the epoch.
 */
export function passWorkspaceTime(order: Order, now: number): void {
  if (order.status !== 'in_progress') return;
  if (order.workspaceExpiresAt !== null) {
    if (order.workspaceExpiresAt > now) return;
    order.deliveredAt = now;
    order.reviewDeadline = now + REVIEW_WINDOW_MS;
    become(order, 'delivered', { now, by: 'time' });
    return;
  }
  const isIdle = order.quotaTotal === 0 && order.primary === null && now - order.createdAt > IDLE_MS;
  if (isIdle) become(order, 'paid', { now, by: 'time' });
}
