import { deliveriesFound, type Fact, factOf, hasHistory, mergeSnapshots } from '@fulfillment/shared';
import type { OrderReading } from '../marketplace/order-reading.ts';
import { noteOlderRead } from '../marketplace/read-lag.ts';
import type { LoadedRecord } from '../record-store/loaded-record.ts';
import { classify } from '../telemetry/failures.ts';
import type { ReconcileDependencies } from './dependencies.ts';
import { wasMarketplaceAsked } from './was-asked.ts';

/** An order as read just now, and its record with what was read. */
export interface Observed extends OrderReading {
  record: LoadedRecord;
  /** When the marketplace was asked, in ms since the epoch, by Redis' clock. */
  askedAt: number;
  /** The answer shows an older state than one seen before. */
  isOlder: boolean;
}

/**
 * Reads the order from the marketplace and stores the answer. If a delivery of unknown outcome
 * shows, the record gets the fact of that delivery. The buyer may even have asked for the next
 * round meanwhile.
 * @param before the record, loaded before the call to the marketplace.
 * @throws when the marketplace does not return the order.
 */
export async function observeOrder(
  dependencies: ReconcileDependencies,
  before: LoadedRecord,
  signal?: AbortSignal,
): Promise<Observed> {
  const { store, log } = dependencies;
  const ref = { agentId: before.agentId, orderId: before.orderId };
  const reading = await readFromMarketplace(dependencies, before, signal);
  const isOlder = await noteOlderRead(dependencies, before, reading);
  const snapshot = mergeSnapshots(before.snapshot, reading.snapshot);
  const { changed, record } = await store.observeAndLoad(ref, {
    snapshot,
    askedAt: before.loadedAt,
    via: 'read',
    hintsAnswered: before.hints,
  });
  if (changed) log.info({ ...ref, status: snapshot.rawStatus, problems: snapshot.problems }, 'order seen');
  const found = deliveriesFound(record, reading);
  for (const { round } of found) log.info({ ...ref, round }, 'found delivered');
  const isReviewKnown = factOf(record, 'buyer_review') !== undefined;
  const facts: Fact[] = [
    ...found,
    ...(reading.review === null || isReviewKnown
      ? []
      : [{ type: 'buyer_review' as const, ...reading.review }]),
  ];
  return {
    ...reading,
    snapshot,
    askedAt: before.loadedAt,
    isOlder,
    record: facts.length > 0 ? await store.appendAndLoad(ref, facts) : record,
  };
}

/**
 * Reads the order. A failed read becomes a fact, so that the operator learns of an outage that
 * lasts.
 */
async function readFromMarketplace(
  { store, marketplace }: ReconcileDependencies,
  before: LoadedRecord,
  signal?: AbortSignal,
): Promise<OrderReading> {
  const ref = { agentId: before.agentId, orderId: before.orderId };
  try {
    return await marketplace.read(ref, signal);
  } catch (error) {
    const failure = classify(error);
    const isForeign = failure.isNotOurs === true && !hasHistory(before);
    const wasAsked = wasMarketplaceAsked(error, failure);
    if (!isForeign && wasAsked && !signal?.aborted) {
      const { observedAt, reads } = before;
      const { reason, raiseSoon: isRefusal = false } = failure;
      await store.append(ref, [{ type: 'read_failed', observedAt, reads, reason, isRefusal }]);
    }
    throw error;
  }
}
