import type { FactOf, Recorded } from '../facts/facts.ts';
import { factOf, factsOf, type OrderRecord } from '../record/record.ts';
import type { Round } from '../record/rounds.ts';
import type { OrderSnapshot } from './order.ts';

/**
 * The x402 race. At an instant hire the marketplace sends `order.created`, pays the seller, and
 * only then writes `status = paid`. This write overwrites a delivery that was sent in between: the
 * order shows `paid` again, with our deliverables in it, and the buyer waits. Observed.
 */

/** How often we repeat an overwritten delivery before we ask a human. */
export const MAX_REDELIVERIES = 2;

/**
 * How often a round was delivered again after an overwrite. This count is the index of the next
 * redelivery.
 */
export function redeliveriesOf(record: OrderRecord, round: Round): number {
  return factsOf(record, 'redelivered').filter((fact) => fact.round === round).length;
}

/**
 * When the current delivery of a round was first seen overwritten. Undefined: it was not
 * overwritten.
 */
export function overwrittenOf(
  record: OrderRecord,
  round: Round,
): Recorded<FactOf<'delivery_overwritten'>> | undefined {
  const index = redeliveriesOf(record, round);
  return factsOf(record, 'delivery_overwritten').find((fact) => fact.round === round && fact.index === index);
}

/**
 * The fact that the marketplace shows our delivery overwritten: the order is `paid` again, and
 * names our first deliverable. Null: the fact is in the record, or does not hold. A list is enough
 * to detect this.
 */
export function overwrittenFact(record: OrderRecord): FactOf<'delivery_overwritten'> | null {
  const { snapshot, observedAt } = record;
  // The race writes `paid` and nothing else. A workspace may stay `in_progress` after a delivery
  // that it keeps.
  if (snapshot?.status !== 'paid') return null;
  const delivered = factOf(record, 'delivered', '0');
  // The answer to our own delivery already had this status, so nothing has overwritten it since.
  if (delivered?.status === snapshot.rawStatus) return null;
  const isOurs = snapshot.deliverableUrl === delivered?.deliverables[0]?.url;
  if (delivered === undefined || !isOurs || overwrittenOf(record, '0') !== undefined) return null;
  const again = factsOf(record, 'redelivered').filter(({ round }) => round === '0');
  // An answer that was asked for before our last delivery does not show that delivery.
  if ([delivered, ...again].some(({ at }) => at >= observedAt)) return null;
  return { type: 'delivery_overwritten', round: '0', index: again.length };
}

/**
 * When the first round was last delivered, if the snapshot is older and shows the order as `paid`.
 * Else null.
 */
export function unseenDeliveryAt(record: OrderRecord): number | null {
  if (record.snapshot?.status !== 'paid') return null;
  const deliveries = [...factsOf(record, 'delivered'), ...factsOf(record, 'redelivered')];
  const times = deliveries.filter(({ round }) => round === '0').map(({ at }) => at);
  const last = Math.max(...times);
  return times.length > 0 && last >= record.observedAt ? last : null;
}

/**
 * Whether a redelivery took effect. The order's rows cannot show this, since they have the same
 * URLs. The redelivery took effect if the order has left the status that the race put it in.
 */
export function isRedeliveryShown({ status }: Pick<OrderSnapshot, 'status'>): boolean {
  return ['delivered', 'revision_requested', 'disputed', 'completed'].includes(status);
}
