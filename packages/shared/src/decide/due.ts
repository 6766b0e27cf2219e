import type { OrderSnapshot } from '../order.ts';
import type { Policy } from '../policy.ts';
import type { OrderRecord } from '../record.ts';
import { factOf, factsOf } from '../record.ts';
import { type Round, revisionOf } from '../rounds.ts';
import { HOUR } from './decision.ts';

/**
 * When a round's delivery is due, in ms since the epoch. The first round counts from the order's creation, or from payment
 * when we quoted it; a later round from when it was first seen. The turnaround is the bounty's, the service's, or the policy's.
 */
export function dueAt(record: OrderRecord, order: OrderSnapshot, policy: Policy, round: Round): number {
  const hours =
    factOf(record, 'bounty_accepted')?.deadlineHours ?? record.turnaroundHours ?? policy.turnaroundHours;
  return startOf(record, order, round) + hours * HOUR;
}

function startOf(record: OrderRecord, order: OrderSnapshot, round: Round): number {
  const seen = factsOf(record, 'seen');
  const firstSeen = (...statuses: string[]) =>
    seen.find((fact) => statuses.includes(fact.status) && fact.revisionCount === revisionOf(round))?.at;
  if (round === '0') {
    const wasQuoted =
      seen.some((fact) => fact.status === 'pending_quote') || factOf(record, 'quoted') !== undefined;
    const paidAt = firstSeen('paid', 'in_progress');
    return (wasQuoted ? paidAt : (order.createdAt ?? paidAt)) ?? record.observedAt;
  }
  return firstSeen('revision_requested', 'disputed') ?? record.observedAt;
}
