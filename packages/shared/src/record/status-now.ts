import { ORDER_STATUSES, type OrderStatus } from '../order/order.ts';
import { factsOf, type OrderRecord } from './record.ts';
import { owedRound } from './rounds.ts';

/** The status of an order. `raw`: in the marketplace's own words. */
export interface StatusNow {
  status: OrderStatus | 'unknown';
  raw: string;
}

/**
 * The current status of the order on the marketplace. Our own write that is newer than the snapshot
 * has changed the status. The new status comes from the answer to a delivery, or follows from the
 * kind of write. A snapshot is older than the write only if it still waits for that write. A
 * snapshot that waits for the next round already includes our delivery, whenever we recorded the
 * delivery.
 * @returns null for an order that was never seen.
 */
export function statusNow(record: OrderRecord): StatusNow | null {
  const { snapshot: order, observedAt } = record;
  if (order === null) return null;
  const owed = owedRound(order);
  const deliveries = [...factsOf(record, 'delivered'), ...factsOf(record, 'redelivered')];
  const delivery = deliveries.findLast((fact) => fact.round === owed && fact.at > observedAt);
  if (delivery !== undefined) return named(delivery.status ?? 'delivered');
  const isQuoted = factsOf(record, 'quoted').some((fact) => fact.at > observedAt);
  if (order.status === 'pending_quote' && isQuoted) return named('quoted');
  return { status: order.status, raw: order.rawStatus };
}

function named(raw: string): StatusNow {
  return { status: ORDER_STATUSES.find((known) => known === raw) ?? 'unknown', raw };
}
