import type { RecordStore, Runtime } from '@fulfillment/platform';
import {
  mergeSnapshots,
  type OrderRef,
  type OrderSnapshot,
  overwrittenFact,
  parseOrder,
  UnreadableOrderError,
  unknownDeliveries,
} from '@fulfillment/shared';

/** One order that cannot be read must not stop the others. */
export function readListed({ log }: Runtime, agentId: string, rows: unknown[]): OrderSnapshot[] {
  return rows.flatMap((row) => {
    try {
      const order = parseOrder(row);
      if (order.agentId === '' || order.agentId === agentId) return [order];
      log.warn({ agentId, orderId: order.id }, 'the list has an order of another agent: left out');
    } catch (error) {
      if (!(error instanceof UnreadableOrderError)) throw error;
      log.error({ agentId, reason: error.message }, 'the list has an order that cannot be read: left out');
    }
    return [];
  });
}

/**
 * Stores what the list shows.
 * @returns the orders that are new, have another status or revision than before, or have lost our
 * delivery.
 */
export async function observeListed(
  { store, log }: Runtime,
  agentId: string,
  { listed, askedAt }: { listed: readonly OrderSnapshot[]; askedAt: number },
): Promise<OrderRef[]> {
  const refs = listed.map((order) => ({ agentId, orderId: order.id }));
  const before = await store.index.snapshots(refs);
  const changed: OrderRef[] = [];
  for (const [index, order] of listed.entries()) {
    const ref = { agentId, orderId: order.id };
    const snapshot = mergeSnapshots(before[index] ?? null, order);
    const isChange = await store.observe(ref, { snapshot, askedAt, via: 'poll', hintsAnswered: null });
    if (!isChange && !(await isOverwritten(store, ref, order))) continue;
    changed.push(ref);
    await haveRead(store, ref);
    log.info({ ...ref, status: order.rawStatus, problems: order.problems }, 'order seen');
  }
  return changed;
}

/**
 * Whether the list shows our delivery overwritten (the x402 race). The status may equal the last
 * status that we read, because nobody reads an order between its delivery and the race. Only an
 * order that names a deliverable is loaded.
 */
async function isOverwritten(store: RecordStore, ref: OrderRef, { deliverableUrl }: OrderSnapshot) {
  if ((deliverableUrl ?? null) === null) return false;
  const record = await store.load(ref);
  return record !== null && overwrittenFact(record) !== null;
}

/**
 * The list shows no deliverables. Only the order itself shows whether a delivery of unknown outcome
 * took effect.
 */
async function haveRead(store: RecordStore, ref: OrderRef): Promise<void> {
  const record = await store.load(ref);
  if (record !== null && unknownDeliveries(record).length > 0) await store.hint(ref, []);
}
