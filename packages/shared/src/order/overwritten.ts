import type { FactOf, Recorded } from '../facts/facts.ts';
import { factOf, factsOf, type OrderRecord } from '../record/record.ts';
import type { Round } from '../record/rounds.ts';
import type { OrderSnapshot } from './order.ts';

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

/**
 * The fact that the marketplace shows our delivery overwritten, unless it is known or not so: the order is `paid` again, and names our
 * first deliverable. A list shows as much as a read.
 */
export function overwrittenFact(record: OrderRecord): FactOf<'delivery_overwritten'> | null {
  const { snapshot, observedAt } = record;
  // Revisions and disputes begin after the payment is over.
  if (snapshot === null || !(snapshot.status === 'paid' || snapshot.status === 'in_progress')) return null;
  const delivered = factOf(record, 'delivered', '0');
  const isOurs = snapshot.deliverableUrl === delivered?.deliverables[0]?.url;
  if (delivered === undefined || !isOurs || overwrittenOf(record, '0') !== undefined) return null;
  const again = factsOf(record, 'redelivered').filter(({ round }) => round === '0');
  // An answer that was asked for before our last delivery knows nothing of it.
  if ([delivered, ...again].some(({ at }) => at >= observedAt)) return null;
  return { type: 'delivery_overwritten', round: '0', index: again.length };
}

/**
 * Whether a call that delivered again took effect, by what the order shows: its rows cannot tell, since they have the same URLs. The
 * order has left the status that the race put it in.
 */
export function isRedeliveryShown({ status }: Pick<OrderSnapshot, 'status'>): boolean {
  return ['delivered', 'revision_requested', 'disputed', 'completed'].includes(status);
}
