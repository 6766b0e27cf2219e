import type { Observed, Runtime } from '@fulfillment/platform';
import { type JobContext, permanent, throttled } from '@fulfillment/platform';
import {
  agreeWithin,
  type FactOf,
  factsOf,
  isRedeliveryShown,
  isThere,
  type OrderRef,
  type OrderSnapshot,
  overwrittenOf,
  owedRound,
  redeliveriesOf,
} from '@fulfillment/shared';
import { type Turn, writeUnlessMovedOn } from './once.ts';

type LoadedRecord = Turn['record'];

export interface Redelivery {
  runtime: Runtime;
  ref: OrderRef;
  turn: Turn;
  /** The delivery that the marketplace overwrote. */
  delivered: FactOf<'delivered'>;
  context: JobContext;
}

/**
 * Delivers a round again, with the URLs of its delivery, because the marketplace overwrote the
 * delivery (the x402 race). The rows do not show whether an earlier call took effect. The order's
 * status does: after an effective call the status is no longer `paid`.
 * @returns the order as it is afterwards.
 */
export async function redeliver(redelivery: Redelivery): Promise<LoadedRecord> {
  const { runtime, ref, turn, delivered, context } = redelivery;
  const { store, marketplace, reconciler } = runtime;
  const { record, confirmAbsent, lastLook } = turn;
  const { round, deliverables } = delivered;
  const index = redeliveriesOf(record, round);
  const stillWaits = (order: OrderSnapshot) => owedRound(order) === round;

  const reading = await reconciler.observe(record, context.signal);
  if (!stillWaits(reading.snapshot)) {
    if (!isTried(reading.record, round, index) || !isRedeliveryShown(reading.snapshot)) {
      context.log.info({ status: reading.snapshot.rawStatus }, 'not delivered again: the order moved on');
      return reading.record;
    }
    context.log.info({ index }, 'found delivered again');
    return store.appendAndLoad(ref, [{ type: 'redelivered', round, index, found: true }]);
  }
  if (!isThere(reading, deliverables)) throw rowsMissing(reading, delivered);
  await waitForLaggingReads(runtime, reading.record, { round, askedAt: reading.askedAt });
  await confirmAbsent(reading);
  const intended = await store.appendAndLoad(ref, [{ type: 'redelivery_intended', round, index }]);
  let answer: { status?: string } = {};
  const movedOn = await writeUnlessMovedOn(runtime, intended, stillWaits, async () => {
    answer = await marketplace.deliver(ref, deliverables, lastLook);
  });
  if (movedOn !== null) {
    context.log.info('not delivered again: the order moved on');
    return movedOn;
  }
  const again = await store.appendAndLoad(ref, [
    { type: 'redelivered', round, index, found: false, ...answer },
  ]);
  context.log.warn({ index }, 'delivered again: the marketplace had overwritten the delivery');
  return again;
}

/**
 * A lagging read lacks rows, too. Rows that are still missing this long after the delivery was
 * overwritten are lost.
 */
const ROWS_PATIENCE_MS = 10 * 60_000;
const ROWS_LOOK_MS = 60_000;

/**
 * The order shows `paid` without all of our deliverables. We do not know well enough what the
 * marketplace kept, so we cannot deliver again.
 * @returns an error that has the order read again (throttled), or later one that asks a human
 * (permanent).
 */
function rowsMissing({ record, askedAt, deliverables: rows }: Observed, delivered: FactOf<'delivered'>) {
  const shown = new Set(rows.map(({ url }) => url));
  const missing = delivered.deliverables.filter(({ url }) => !shown.has(url)).map(({ url }) => url);
  const count = delivered.deliverables.length;
  const seen = `the order shows "paid", and ${count - missing.length} of our ${count} deliverables; missing: ${missing.join(', ')}`;
  const seenAt = overwrittenOf(record, delivered.round)?.at ?? askedAt;
  if (askedAt < seenAt + ROWS_PATIENCE_MS)
    return throttled(`${seen}. The order is read again`, Date.now() + ROWS_LOOK_MS);
  return permanent(
    `${seen}. Check the order on Atelier. Deliver it there, or retry once the order shows all of them.`,
  );
}

function isTried(record: LoadedRecord, round: string, index: number): boolean {
  return factsOf(record, 'redelivery_intended').some((fact) => fact.round === round && fact.index === index);
}

/**
 * A stale answer shows `paid`, too.
 * @throws StepError (throttled) until reads that are known to lag have caught up.
 */
async function waitForLaggingReads(
  { readLag }: Runtime,
  record: LoadedRecord,
  { round, askedAt }: { round: string; askedAt: number },
): Promise<void> {
  const seenAt = overwrittenOf(record, round)?.at ?? askedAt;
  const waitMs = seenAt + agreeWithin(0, await readLag.current()) - askedAt;
  if (waitMs > 0)
    throw throttled('reads of the marketplace lag: the order is read again later', Date.now() + waitMs);
}
