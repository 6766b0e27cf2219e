import { RetryLaterError } from '@fulfillment/handlers';
import { permanent, type Runtime, StepError } from '@fulfillment/platform';
import { type Payload, putOffsOf } from '@fulfillment/shared';

/** For how long a service may put off a step before a human is asked. In ms. */
const LONGEST_PUT_OFF_MS = 24 * 3600_000;
/** Waits double up to a minute at first; later they are a tenth of the time waited, up to an hour. In seconds. */
const LONGEST_DOUBLED = 60;
const LONGEST_WAIT = 3600;

/**
 * How long a step waits that its service puts off, in seconds. The time that the service names is a minimum for waits that grow: a
 * service that says "1 s" for hours is not asked every second.
 * @param putOffs how often the step was put off before. @param waitedMs for how long it has been put off.
 */
export function putOffSeconds(namedSeconds: number, putOffs: number, waitedMs: number): number {
  const doubled = Math.min(2 ** Math.min(putOffs, 20), LONGEST_DOUBLED);
  const tenth = Math.min(waitedMs / 10_000, LONGEST_WAIT);
  return Math.max(namedSeconds, doubled, tenth);
}

/**
 * Runs a step, and writes down when its handler was asked to come again later: a beginning that ends so is none of its tries.
 * @throws what the step throws; StepError (throttled) until the step may run again, or permanent, when it was put off for a day.
 */
export async function puttingOff(
  { store }: Runtime,
  name: 'price' | 'generate',
  { agentId, orderId, round, attempt }: Payload<'generation', 'generate'>,
  run: () => Promise<void>,
): Promise<void> {
  try {
    await run();
  } catch (error) {
    if (!(error instanceof StepError && error.cause instanceof RetryLaterError)) throw error;
    const ref = { agentId, orderId };
    const record = await store.load(ref);
    const before = record === null ? [] : putOffsOf(record, { name, round, attempt });
    const now = record?.loadedAt ?? 0;
    const waitedMs = now - (before[0]?.at ?? now);
    const { reason } = error.failure;
    if (waitedMs >= LONGEST_PUT_OFF_MS) throw permanent(`${reason} (put off for over a day)`, error);
    const waitSeconds = putOffSeconds(error.cause.seconds, before.length, waitedMs);
    await store.append(ref, [
      { type: 'put_off', step: name, round, attempt, index: before.length, waitSeconds, reason },
    ]);
    throw new StepError({ kind: 'throttled', reason, retryAt: Date.now() + waitSeconds * 1000 }, error.cause);
  }
}
