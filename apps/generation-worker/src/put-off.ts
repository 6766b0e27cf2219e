import { RetryLaterError } from '@fulfillment/handlers';
import { permanent, type Runtime, StepError, type StepRun } from '@fulfillment/platform';
import { type Backoff, backoffWait, putOffsOf } from '@fulfillment/shared';

/** For how long a service may put off a step before a human is asked, in ms. */
const LONGEST_PUT_OFF_MS = 24 * 3600_000;
/**
 * At first waits double up to a minute. Later each wait is a tenth of the time waited, up to an
 * hour. In seconds.
 */
const BACKOFF_SECONDS: Backoff = { first: 1, longest: 60 };
const LONGEST_WAIT = 3600;

/**
 * How long a step waits when its service puts it off, in seconds. The time that the service names
 * is a minimum, and the waits grow. A service that answers "1 s" for hours is not asked every
 * second.
 * @param putOffs how often the step was put off before.
 * @param waitedMs for how long the step has been put off.
 */
export function putOffSeconds(namedSeconds: number, putOffs: number, waitedMs: number): number {
  const doubled = backoffWait(BACKOFF_SECONDS, putOffs);
  const tenth = Math.min(waitedMs / 10_000, LONGEST_WAIT);
  return Math.max(namedSeconds, doubled, tenth);
}

/**
 * Runs a step, and records when its handler was asked to come again later. A start that ends so
 * does not use an attempt.
 * @throws what the step throws. StepError (throttled) until the step may run again, or permanent
 * when the step was put off for a day.
 */
export async function puttingOff<T>(
  { store }: Runtime,
  { ref, step }: Pick<StepRun<'price' | 'generate'>, 'ref' | 'step'>,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof StepError && error.cause instanceof RetryLaterError)) throw error;
    const { name, round, attempt } = step;
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
