import { setTimeout as delay } from 'node:timers/promises';
import { describeError, isConnectionError, redisCause } from '@fulfillment/platform';

/** Errors of Redis that end without a change of the product: memory or disk is full, a fail-over, a restart. */
const PASSING: readonly ReturnType<typeof redisCause>[] = [
  'memory',
  'disk',
  'read-only',
  'replicas',
  'loading',
];
const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 2000;

/** The log and the signal of a handler's call. */
export interface KeepingCall {
  log: { warn(fields: object, message: string): void };
  /** Ends the wait. */
  signal: AbortSignal;
}

/**
 * Writes what a handler reports, and waits while Redis cannot take it. An error would end a try whose work is paid, and the next try would
 * pay for it again. `keep` must be safe to repeat: a lost connection does not say whether Redis ran the command.
 * @throws the reason of the signal when it aborts; at once, an error that no wait removes.
 */
export async function untilKept<T>(keep: () => Promise<T>, { log, signal }: KeepingCall): Promise<T> {
  for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)) {
    try {
      return await keep();
    } catch (error) {
      if (!PASSING.includes(redisCause(error)) && !isConnectionError(error)) throw error;
      signal.throwIfAborted();
      if (waitMs === FIRST_WAIT_MS)
        log.warn({ reason: describeError(error) }, 'a report of the handler waits for Redis');
      await waitOr(waitMs, signal);
    }
  }
}

async function waitOr(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await delay(ms, undefined, { signal });
  } catch (error) {
    // The timer's own error hides why the signal was aborted.
    signal.throwIfAborted();
    throw error;
  }
}
