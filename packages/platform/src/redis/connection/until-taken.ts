import { setTimeout as delay } from 'node:timers/promises';
import { type Backoff, backoffWait } from '@fulfillment/shared';
import { describeError } from '../../telemetry/failures.ts';
import { isConnectionError, redisCause } from '../errors.ts';

/**
 * Errors of Redis that end without a change of the product: full memory or disk, a fail-over, a
 * restart.
 */
const PASSING: readonly ReturnType<typeof redisCause>[] = [
  'memory',
  'disk',
  'read-only',
  'replicas',
  'loading',
];
const BACKOFF_MS: Backoff = { first: 100, longest: 2000 };

export interface TakingOptions {
  log: { warn(fields: object, message: string): void };
  /** Ends the wait. */
  signal: AbortSignal;
  /** The subject of the wait, for the log: "a report of the handler". */
  what: string;
}

/**
 * Writes to Redis, and waits while Redis cannot take the write. `write` must be safe to repeat: a
 * lost connection does not say whether Redis ran the command.
 * @throws the reason of the signal when it aborts. An error that no wait removes is thrown at once.
 */
export async function untilTaken<T>(
  write: () => Promise<T>,
  { log, signal, what }: TakingOptions,
): Promise<T> {
  for (let failures = 0; ; failures += 1) {
    try {
      return await write();
    } catch (error) {
      if (!PASSING.includes(redisCause(error)) && !isConnectionError(error)) throw error;
      signal.throwIfAborted();
      if (failures === 0) log.warn({ reason: describeError(error) }, `${what} waits for Redis`);
      await waitOr(backoffWait(BACKOFF_MS, failures), signal);
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
