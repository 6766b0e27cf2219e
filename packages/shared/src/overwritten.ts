import { isThere } from './deliverables.ts';
import type { FactOf, Recorded } from './facts.ts';
import type { ShownOrder } from './freshness.ts';
import type { OrderSnapshot } from './order.ts';
import { factOf, factsOf, type OrderRecord } from './record.ts';
import { owedRound, type Round } from './rounds.ts';

/**
 * The x402 race. At an instant hire the marketplace sends `order.created`, pays the seller, and only then writes `status = paid`. A
 * delivery made in between is overwritten: the order shows `paid` again, with our deliverables in it, and the buyer waits. Observed.
 */

/** How often an overwritten delivery is made again before a human is asked. */
export const MAX_REDELIVERIES = 2;

/** How often a round was delivered again after it was overwritten: the index of the next time. */
export function redeliveriesOf(record: OrderRecord, round: Round): number {
  return factsOf(record, 'redelivered').filter((fact) => fact.round === round).length;
}

/** When the current delivery of a round was first seen overwritten; undefined: it was not. */
export function overwrittenOf(
  record: OrderRecord,
  round: Round,
): Recorded<FactOf<'delivery_overwritten'>> | undefined {
  const index = redeliveriesOf(record, round);
  return factsOf(record, 'delivery_overwritten').find((fact) => fact.round === round && fact.index === index);
}

/** An order that a single read shows, with its status. */
type ShownStatus = ShownOrder & { snapshot: Pick<OrderSnapshot, 'status' | 'revisionCount'> };

/**
 * The fact that a read shows our delivery overwritten, if it does.
 * @param before the record from before the marketplace was asked: a delivery made since then is not in the read.
 */
export function overwrittenFact(
  before: OrderRecord,
  { snapshot, ...shown }: ShownStatus,
): FactOf<'delivery_overwritten'> | null {
  const round = owedRound(snapshot);
  // Revisions and disputes begin after the payment is over.
  if (round !== '0') return null;
  const delivered = factOf(before, 'delivered', round);
  if (delivered === undefined || !isThere(shown, delivered.deliverables)) return null;
  return { type: 'delivery_overwritten', round, index: redeliveriesOf(before, round) };
}

/**
 * Whether a call that delivered again took effect, by what the order shows: its rows cannot tell, since they have the same URLs. The
 * order has left the status that the race put it in.
 */
export function isRedeliveryShown({ status }: Pick<OrderSnapshot, 'status'>): boolean {
  return ['delivered', 'revision_requested', 'disputed', 'completed'].includes(status);
}
