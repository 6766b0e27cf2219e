import type { OrderSnapshot } from '../order/order.ts';

/**
 * A round is one delivery owed. Round `"0"` is the first. Round `"n"` answers the n-th revision
 * request (the marketplace counts them). Round `"nd"` answers a dispute opened after the delivery
 * of round n. The name comes from the marketplace's own counter, so every process and every retry
 * gives the same delivery the same name.
 */
export type Round = string;

export const ROUND_PATTERN = /^\d{1,6}d?$/;

/** The fields of an order that show its current round. */
type ShownRound = Pick<OrderSnapshot, 'status' | 'revisionCount'> &
  Partial<Pick<OrderSnapshot, 'hasDeliverables'>>;

/**
 * The round that the marketplace waits for now. Null: in this status we owe no delivery. An order
 * that is `delivered` without any deliverable waits for its first delivery: its workspace expired
 * (observed), and the marketplace accepts a delivery over `delivered`. The buyer may have asked for
 * revisions before any delivery. Then the last of them is the round.
 */
export function owedRound(order: ShownRound): Round | null {
  switch (order.status) {
    case 'paid':
    case 'in_progress':
      return '0';
    case 'revision_requested':
      return String(Math.max(1, order.revisionCount));
    case 'disputed':
      return `${order.revisionCount}d`;
    case 'delivered':
      return order.hasDeliverables === false ? String(order.revisionCount) : null;
    case 'pending_quote':
    case 'quoted':
    case 'accepted':
    case 'completed':
    case 'cancelled':
    case 'unknown':
      return null;
  }
}

/** The number of the revision request that a round answers. 0 for the first delivery. */
export function revisionOf(round: Round): number {
  return Number.parseInt(round, 10);
}

/** Whether a round answers a dispute. */
export function answersDispute(round: Round): boolean {
  return round.endsWith('d');
}

/** Orders rounds by time: 0, 0d, 1, 1d, 2, … */
export function compareRounds(a: Round, b: Round): number {
  return revisionOf(a) - revisionOf(b) || Number(answersDispute(a)) - Number(answersDispute(b));
}
