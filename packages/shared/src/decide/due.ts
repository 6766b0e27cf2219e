import type { OrderSnapshot } from '../order/order.ts';
import type { Policy } from '../policy/policy.ts';
import type { OrderRecord } from '../record/record.ts';
import { factOf, factsOf } from '../record/record.ts';
import { answersDispute, type Round } from '../record/rounds.ts';
import { HOUR } from './decision.ts';
import type { Situation } from './partial-decision.ts';

/**
 * When a round's delivery is due, in ms since the epoch. The first round counts from the order's
 * creation. If we saw the order unpaid, the first round counts from when we first saw it paid. A
 * later round counts from when we first saw it. The turnaround is the bounty's, the service's, or
 * the policy's. An earlier expiry of a workspace ends the round: the marketplace then shows the
 * order as delivered (observed).
 */
export function dueAt({ record, order, policy }: Situation, round: Round): number {
  const start = startOf(record, order, round);
  const end = start + turnaroundHours(record, policy) * HOUR;
  const expiry = order.workspaceExpiresAt;
  // A buyer can ask for a revision after the workspace has expired.
  return expiry === null || (round !== '0' && expiry <= start) ? end : Math.min(end, expiry);
}

/**
 * When a quote is due, in ms since the epoch. The due time is that of the order, if the order had
 * been paid when it was placed.
 */
export function quoteDueAt(record: OrderRecord, order: OrderSnapshot | null, policy: Policy): number {
  return (order?.createdAt ?? firstHeardAt(record)) + turnaroundHours(record, policy) * HOUR;
}

function turnaroundHours(record: OrderRecord, policy: Policy): number {
  return factOf(record, 'bounty_accepted')?.deadlineHours ?? record.turnaroundHours ?? policy.turnaroundHours;
}

/**
 * When we first heard of an order. Polls renew the time of the snapshot but not this time, so a due
 * time that counts from it stays fixed.
 */
function firstHeardAt(record: OrderRecord): number {
  return record.facts[0]?.at ?? record.observedAt;
}

/** In these statuses no delivery is owed yet. */
const UNPAID = ['pending_quote', 'quoted', 'accepted'];

function startOf(record: OrderRecord, order: OrderSnapshot, round: Round): number {
  const seen = factsOf(record, 'seen');
  const firstSeen = (...statuses: string[]) =>
    seen.find((fact) => statuses.includes(fact.status) && fact.revisionCount === order.revisionCount)?.at;
  if (round === '0') {
    const wasUnpaid =
      seen.some((fact) => UNPAID.includes(fact.status)) || factOf(record, 'quoted') !== undefined;
    const paidAt = firstSeen('paid', 'in_progress');
    return (wasUnpaid ? paidAt : (order.createdAt ?? paidAt)) ?? firstHeardAt(record);
  }
  return firstSeen(answersDispute(round) ? 'disputed' : 'revision_requested') ?? firstHeardAt(record);
}
