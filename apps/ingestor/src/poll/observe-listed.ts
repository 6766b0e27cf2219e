import { isDeepStrictEqual } from 'node:util';
import type { RecordStore, Runtime, StoredSnapshot } from '@fulfillment/platform';
import {
  mergeSnapshots,
  type OrderRecord,
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

/** An order that is new, has another status or revision than before, or has lost our delivery. */
export interface ListedChange {
  ref: OrderRef;
  /** Whether a webhook about the order came that nothing has read yet. */
  isAnnounced: boolean;
}

/**
 * Stores what the list shows.
 * @returns the orders that changed.
 */
export async function observeListed(
  { store, log }: Runtime,
  agentId: string,
  { listed, askedAt }: { listed: readonly OrderSnapshot[]; askedAt: number },
): Promise<ListedChange[]> {
  const changed: ListedChange[] = [];
  for (const { ref, order, snapshot } of await notUnchanged(store, agentId, { listed, askedAt })) {
    const isChange = await store.observe(ref, { snapshot, askedAt, via: 'poll', hintsAnswered: null });
    if (!isChange && !(await isOverwritten(store, ref, order))) continue;
    const record = await store.load(ref);
    changed.push({ ref, isAnnounced: record !== null && record.hints > record.hintsAnswered });
    if (record !== null) await haveRead(store, record);
    log.info({ ...ref, status: order.rawStatus, problems: order.problems }, 'order seen');
  }
  return changed;
}

/** An order that a list shows, and what it adds to the stored snapshot. */
interface Listed {
  ref: OrderRef;
  order: OrderSnapshot;
  snapshot: OrderSnapshot;
}

/**
 * Most orders of a list are as they are stored. They are noted together, because a long list would
 * take seconds one by one.
 * @returns the other orders, and those whose delivery may be overwritten (see `isOverwritten`).
 */
async function notUnchanged(
  store: RecordStore,
  agentId: string,
  { listed, askedAt }: { listed: readonly OrderSnapshot[]; askedAt: number },
): Promise<Listed[]> {
  const stored = await store.index.stored(listed.map(({ id: orderId }) => ({ agentId, orderId })));
  const others: Listed[] = [];
  const unchanged: (Listed & { before: StoredSnapshot })[] = [];
  for (const [index, order] of listed.entries()) {
    const before = stored[index] ?? null;
    const snapshot = mergeSnapshots(before?.snapshot ?? null, order);
    const one = { ref: { agentId, orderId: order.id }, order, snapshot };
    const isSame = before !== null && isDeepStrictEqual(before.snapshot, snapshot);
    if (isSame && !namesDeliverable(order)) unchanged.push({ ...one, before });
    else others.push(one);
  }
  const noted = await store.noteUnchanged(
    unchanged.map(({ before }) => before),
    askedAt,
  );
  return [...others, ...unchanged.filter((_, index) => noted[index] !== true)];
}

/**
 * Whether the list shows our delivery overwritten (the x402 race). The status may equal the last
 * status that we read, because nobody reads an order between its delivery and the race. Only an
 * order that names a deliverable is loaded.
 */
async function isOverwritten(store: RecordStore, ref: OrderRef, order: OrderSnapshot) {
  if (!namesDeliverable(order)) return false;
  const record = await store.load(ref);
  return record !== null && overwrittenFact(record) !== null;
}

function namesDeliverable({ deliverableUrl }: OrderSnapshot): boolean {
  return (deliverableUrl ?? null) !== null;
}

/**
 * The list shows no deliverables. Only the order itself shows whether a delivery of unknown outcome
 * took effect.
 */
async function haveRead(store: RecordStore, record: OrderRecord): Promise<void> {
  const { agentId, orderId } = record;
  if (unknownDeliveries(record).length > 0) await store.hint({ agentId, orderId }, []);
}
