import type { OrderSnapshot } from '../order/order.ts';
import type { Policy } from '../policy/policy.ts';
import type { OrderRecord } from '../record/record.ts';
import { CONTRADICTION_PATIENCE, HOUR, MINUTE } from './decision.ts';
import type { Situation } from './partial-decision.ts';
import { mustConfirmDelivery } from './steps/redelivering.ts';

/** How old a snapshot may grow before the order is read again, by its status. */
export const QUOTED_LOOK = 6 * HOUR;
const POLLED_LOOK = HOUR;
const LONGEST_LOOK = 7 * 24 * HOUR;

/** Whether the order must be read before anything new is started. */
export function mustReadAgain({ record, order, policy, now }: Situation, isFinished: boolean): boolean {
  if (record.hints > record.hintsAnswered) return true;
  if (isFinished) return false;
  if (mustConfirmDelivery(record, policy, now)) return true;
  const age = now - record.observedAt;
  switch (order.status) {
    case 'pending_quote':
      return age >= offerLook(order, record.observedAt, POLLED_LOOK);
    case 'quoted':
    case 'accepted':
      return age >= offerLook(order, record.observedAt, QUOTED_LOOK);
    case 'delivered':
      return age >= policy.reviewLookMinutes * MINUTE || isPastReview(record, order, now);
    case 'unknown':
      return age >= CONTRADICTION_PATIENCE;
    default:
      return age >= POLLED_LOOK;
  }
}

/**
 * How long after a read at `at` an offer is read again. A buyer may never accept an offer, so an
 * older offer is read less often. Polls find an order that is paid after all.
 */
export function offerLook(order: OrderSnapshot, at: number, atLeast: number): number {
  const age = at - (order.createdAt ?? at);
  return Math.max(atLeast, Math.min(age / 10, LONGEST_LOOK));
}

/** Whether the review window ended since the order was last read. */
function isPastReview(record: OrderRecord, order: OrderSnapshot, now: number): boolean {
  return (
    order.reviewDeadline !== null && record.observedAt < order.reviewDeadline && now >= order.reviewDeadline
  );
}

/** When an order in review is read again, in ms since the epoch. */
export function reviewLook(order: OrderSnapshot, policy: Policy, now: number): number {
  const regular = now + policy.reviewLookMinutes * MINUTE;
  return order.reviewDeadline !== null && order.reviewDeadline > now
    ? Math.min(regular, order.reviewDeadline)
    : regular;
}
