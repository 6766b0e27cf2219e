import type { OrderSnapshot } from '../order/order.ts';

/**
 * A round is one delivery owed. Round `"0"` is the first. Round `"n"` answers the n-th revision
 * request (the marketplace counts them). Round `"nd"` answers a dispute opened after the delivery
 * of round n. The name comes from the marketplace's own counter, so every process and every retry
 * gives the same delivery the same name.
 */
export type Round = string;

export const ROUND_PATTERN = /^\d{1,6}d?$/;

/** What an order shows of the round that it waits for. */
type ShownRound = Pick<OrderSnapshot, 'status' | 'revisionCount'> &
  Partial<Pick<OrderSnapshot, 'hasDeliverables'>>;

/**
 * The round that the marketplace waits for now, or null when the status takes no delivery that we
 * owe. An order that is `delivered` without any deliverable waits for its first: its workspace
 * expired (observed), and the marketplace takes a delivery over `delivered`. A buyer may have asked
 * for revisions of nothing before that: the last of them is the round then.
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

/** The number of the revision request a round answers: 0 for the first delivery. */
export function revisionOf(round: Round): number {
  return Number.parseInt(round, 10);
}

/** Whether a round answers a dispute. */
export function answersDispute(round: Round): boolean {
  return round.endsWith('d');
}

/** Orders rounds as they come about: 0, 0d, 1, 1d, 2, … */
export function compareRounds(a: Round, b: Round): number {
  return revisionOf(a) - revisionOf(b) || Number(answersDispute(a)) - Number(answersDispute(b));
}
