import { setTimeout as delay } from 'node:timers/promises';
import { describeError, type Runtime, StepError } from '@fulfillment/platform';
import { withoutSecrets } from '@fulfillment/shared';
import { Projector, type ProjectorOptions } from './projector.ts';
import { SupersededError } from './superseded-error.ts';

/** The lease of a process that died is free after this time, in ms. */
const LEASE_MS = 15_000;
/** How often the lease is renewed, in ms. */
const RENEW_MS = 5000;
/** How long a process waits before it asks for the lease again, or retries after trouble, in ms. */
const RETRY_MS = 2000;

/** How long a stop waits for a command to Redis, in ms. */
const STOP_MS = 3000;

/** A projector in the background. */
export interface RunningProjector {
  /** Stops after the current transaction. While Redis is away, waits for it for 3 s at most. */
  stop(): Promise<void>;
}

/**
 * Projects records in the background. Any number of processes may do so: one at a time holds the
 * lease. Trouble with the database is noted in the feed for the console, and the projector retries.
 */
export function startProjector(
  { locked, log }: Pick<Runtime, 'locked' | 'log'>,
  options: Omit<ProjectorOptions, 'log'>,
): RunningProjector {
  const stopping = new AbortController();
  const projector = new Projector({ ...options, log });
  let lastReason: string | null = null;

  const runOnce = () =>
    locked('ledger', LEASE_MS, async (lock) => {
      let renewedAt = performance.now();
      let batches = 0;
      await projector.run(stopping.signal, async () => {
        if (batches > 0) lastReason = null;
        batches += 1;
        if (performance.now() - renewedAt < RENEW_MS) return;
        renewedAt = performance.now();
        await lock.extend(LEASE_MS);
      });
    });
  const noteTrouble = async (error: unknown): Promise<void> => {
    // Another process holds the lease, or took over.
    if (error instanceof StepError || error instanceof SupersededError || stopping.signal.aborted) return;
    const reason = withoutSecrets(describeError(error));
    if (reason !== lastReason)
      log.error({ reason }, 'the ledger cannot be written: records wait in the change feed');
    lastReason = reason;
    await options.feed.noteTrouble(reason);
  };
  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await runOnce()
        .catch(noteTrouble)
        .catch(() => undefined);
      await delay(RETRY_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  };
  const ended = run();
  return {
    async stop() {
      stopping.abort();
      await Promise.race([ended, delay(STOP_MS, undefined, { ref: false })]);
    },
  };
}
