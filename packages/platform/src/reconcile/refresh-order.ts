import { canProceedUnread, type Fact, hasHistory, readAgainAt } from '@fulfillment/shared';
import type { LoadedRecord } from '../record-store/loaded-record.ts';
import { classify } from '../telemetry/failures.ts';
import { settleUnread } from './apply-decision.ts';
import type { ReconcileDependencies } from './dependencies.ts';
import { observeOrder } from './observe-order.ts';

/** A record after its order was read, or could not be read. */
interface RefreshedOrder {
  record: LoadedRecord;
  /**
   * When to retry the read, in ms since the epoch. Null if the read succeeded, or the order is not
   * ours.
   */
  readNextAt: number | null;
}

/**
 * Refreshes the record from the marketplace. If the read fails, an order that the list shows goes
 * on without the read.
 * @throws when the read must be retried before anything else. The order is then due at the time of
 * that retry.
 */
export async function refreshOrder(
  dependencies: ReconcileDependencies,
  record: LoadedRecord,
): Promise<RefreshedOrder> {
  const { store, log } = dependencies;
  const ref = { agentId: record.agentId, orderId: record.orderId };
  try {
    return { record: (await observeOrder(dependencies, record)).record, readNextAt: null };
  } catch (error) {
    const { reason, isNotOurs } = classify(error);
    if (isNotOurs && !hasHistory(record)) {
      log.info({ ...ref, reason }, 'the order is not ours: left alone');
      const fact: Fact = { type: 'not_ours', hints: record.hints, reason };
      return { record: await store.appendAndLoad(ref, [fact]), readNextAt: null };
    }
    const noted = (await store.load(ref)) ?? record;
    const readNextAt = readAgainAt(noted, noted.loadedAt);
    if (canProceedUnread(noted)) {
      log.warn({ ...ref, reason }, 'the order cannot be read: going on from what the list shows');
      return { record: noted, readNextAt };
    }
    await settleUnread(dependencies, noted, readNextAt);
    throw error;
  }
}
