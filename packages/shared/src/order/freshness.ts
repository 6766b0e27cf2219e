import { isThere, type ShownDeliverables } from '../record/deliverables.ts';
import { factsOf, type OrderRecord } from '../record/record.ts';
import type { OrderSnapshot } from './order.ts';

/**
 * The order of the statuses in an order's life. An instant hire can go from `delivered` back to
 * `paid` (see the x402 race).
 */
const PROGRESS: Readonly<Record<string, number>> = {
  pending_quote: 0,
  quoted: 1,
  accepted: 1,
  paid: 2,
  in_progress: 2,
  delivered: 2,
  revision_requested: 2,
  disputed: 2,
  completed: 3,
  cancelled: 3,
};

/** An order in the answer to one read. */
export interface ShownOrder extends ShownDeliverables {
  snapshot: Pick<OrderSnapshot, 'rawStatus' | 'revisionCount'>;
}

/**
 * Whether a read is older than our knowledge, because a cache or a lagging replica answered.
 * Revisions are counted upwards, a paid order never becomes unpaid, a finished order stays
 * finished, and an existing delivery stays.
 * @returns since when we have known what the read does not show, in ms since the epoch. Null: the
 * read contradicts nothing.
 */
export function olderThan(record: OrderRecord, { snapshot, ...shown }: ShownOrder): number | null {
  const progress = PROGRESS[snapshot.rawStatus];
  const newer = factsOf(record, 'seen').filter(
    ({ status, revisionCount }) =>
      revisionCount > snapshot.revisionCount ||
      (progress !== undefined && (PROGRESS[status] ?? 0) > progress),
  );
  // Only the last delivery counts: the marketplace may drop older ones from the list.
  const missing = factsOf(record, 'delivered')
    .slice(-1)
    .filter(({ deliverables }) => !isThere(shown, deliverables));
  const times = [...newer, ...missing].map(({ at }) => at);
  return times.length === 0 ? null : Math.min(...times);
}
