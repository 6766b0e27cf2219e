import {
  type LoadedRecord,
  type Observed,
  permanent,
  type Runtime,
  throttled,
  type WriteRun,
} from '@fulfillment/platform';
import {
  agreeWithin,
  type Fact,
  type FactOf,
  factsOf,
  isRedeliveryShown,
  isThere,
  type OrderSnapshot,
  overwrittenOf,
  owedRound,
  redeliveriesOf,
} from '@fulfillment/shared';
import type { Delivery } from './dependencies.ts';

/**
 * Delivers a round again, with the URLs of its delivery, because the marketplace overwrote the
 * delivery (the x402 race). The rows do not show whether an earlier call took effect. The order's
 * status does: after an effective call the status is no longer `paid`.
 * @param delivered the delivery that the marketplace overwrote.
 */
export async function redeliver(
  run: WriteRun<'deliver'>,
  delivered: FactOf<'delivered'>,
  { runtime }: Delivery,
): Promise<Fact[]> {
  const { ref, log } = run;
  const { round, deliverables } = delivered;
  const index = redeliveriesOf(run.record, round);
  const stillWaits = (order: OrderSnapshot) => owedRound(order) === round;

  const reading = await run.observe();
  if (!stillWaits(reading.snapshot)) {
    if (!isTried(reading.record, round, index) || !isRedeliveryShown(reading.snapshot)) {
      log.info({ status: reading.snapshot.rawStatus }, 'not delivered again: the order moved on');
      return [];
    }
    log.info({ index }, 'found delivered again');
    return [{ type: 'redelivered', round, index, found: true }];
  }
  if (!isThere(reading, deliverables)) throw rowsMissing(reading, delivered);
  await waitForLaggingReads(runtime, reading.record, { round, askedAt: reading.askedAt });
  await run.confirmAbsent(reading);
  const answer = await run.write({
    intent: { type: 'redelivery_intended', round, index },
    stillWaits,
    call: (lastLook) => runtime.marketplace.deliver(ref, deliverables, lastLook),
  });
  if (answer === null) {
    log.info('not delivered again: the order moved on');
    return [];
  }
  log.warn({ index }, 'delivered again: the marketplace had overwritten the delivery');
  return [{ type: 'redelivered', round, index, found: false, ...answer }];
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
  const seen = `the order shows "paid", and ${count - missing.length} of our ${count} deliverables. Missing: ${missing.join(', ')}`;
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
