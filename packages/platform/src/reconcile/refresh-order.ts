import { type Fact, hasHistory } from '@fulfillment/shared';
import type { LoadedRecord } from '../record-store/loaded-record.ts';
import { classify } from '../telemetry/failures.ts';
import type { ReconcileDependencies } from './dependencies.ts';
import { observeOrder } from './observe-order.ts';

/** A record after a try to read its order. */
export interface RefreshedOrder {
  record: LoadedRecord;
  /** Why the order could not be read. Null: it was read, or it is not ours. */
  failure: { error: unknown } | null;
}

/** Refreshes the record from the marketplace. A failed read is in the record, too. */
export async function refreshOrder(
  dependencies: ReconcileDependencies,
  record: LoadedRecord,
): Promise<RefreshedOrder> {
  const { store, log } = dependencies;
  const ref = { agentId: record.agentId, orderId: record.orderId };
  try {
    return { record: (await observeOrder(dependencies, record)).record, failure: null };
  } catch (error) {
    const { reason, isNotOurs } = classify(error);
    if (isNotOurs && !hasHistory(record)) {
      log.info({ ...ref, reason }, 'the order is not ours: left alone');
      const fact: Fact = { type: 'not_ours', hints: record.hints, reason };
      return { record: await store.appendAndLoad(ref, [fact]), failure: null };
    }
    return { record: (await store.load(ref)) ?? record, failure: { error } };
  }
}
