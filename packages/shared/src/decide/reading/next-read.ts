import type { OrderSnapshot } from '../../order/order.ts';
import type { Policy } from '../../policy/policy.ts';
import { CONTRADICTION_PATIENCE, HOUR, MINUTE } from '../decision.ts';
import type { Situation } from '../partial-decision.ts';
import { confirmReadAt } from '../steps/redelivery.ts';

/** How often an order is read, in ms, unless polls or hints say more. */
export const QUOTED_LOOK = 6 * HOUR;
const POLLED_LOOK = HOUR;
const LONGEST_LOOK = 7 * 24 * HOUR;

/**
 * When the order is read next, in ms since the epoch. A time that is not in the future: the order
 * must be read before anything new is started.
 * @param isFinished no change of the order is expected.
 * @returns null when only a hint leads to another read.
 */
export function nextReadAt({ record, order, policy, now }: Situation, isFinished: boolean): number | null {
  if (record.hints > record.hintsAnswered) return now;
  if (isFinished) return null;
  const { observedAt } = record;
  const { reviewDeadline } = order;
  const times = [
    observedAt + intervalOf(order, policy, observedAt),
    confirmReadAt(record, policy),
    // The marketplace completes the order when its review window ends.
    order.status === 'delivered' && reviewDeadline !== null && observedAt < reviewDeadline
      ? reviewDeadline
      : null,
  ];
  return Math.min(...times.filter((time) => time !== null));
}

/** How long a snapshot stays fresh, in ms, by the order's status. */
function intervalOf(order: OrderSnapshot, policy: Policy, observedAt: number): number {
  switch (order.status) {
    case 'pending_quote':
      return offerInterval(order, observedAt, POLLED_LOOK);
    case 'quoted':
    case 'accepted':
      return offerInterval(order, observedAt, QUOTED_LOOK);
    case 'delivered':
      return policy.reviewLookMinutes * MINUTE;
    case 'unknown':
      return CONTRADICTION_PATIENCE;
    default:
      return POLLED_LOOK;
  }
}

/**
 * How long after a read at `at` an offer is read again. A buyer may never accept an offer, so an
 * older offer is read less often. Polls find an order that is paid after all.
 */
export function offerInterval(order: OrderSnapshot, at: number, atLeast: number): number {
  const age = at - (order.createdAt ?? at);
  return Math.max(atLeast, Math.min(age / 10, LONGEST_LOOK));
}

/** When an order in review is read again, in ms since the epoch. */
export function nextReviewRead(order: OrderSnapshot, policy: Policy, now: number): number {
  const regular = now + policy.reviewLookMinutes * MINUTE;
  return order.reviewDeadline !== null && order.reviewDeadline > now
    ? Math.min(regular, order.reviewDeadline)
    : regular;
}
