import { setTimeout as delay } from 'node:timers/promises';
import { describeExit, type RunningProcess } from '@fulfillment/processes';
import { type Backoff, backoffWait, EXIT_CONFIGURATION } from '@fulfillment/shared';

export interface Supervision {
  name: string;
  start: () => RunningProcess;
  log: (line: string) => void;
  /** Aborted when everything must stop. */
  stopping: AbortSignal;
  /**
   * The wait before the restart after the first unexpected end, in ms. The wait doubles with each
   * further end. It resets after a process that ran for `resetAfterMs`.
   */
  backoff?: Backoff & { resetAfterMs: number };
}

const BACKOFF_MS = { first: 1000, longest: 30_000, resetAfterMs: 30_000 };

/**
 * Keeps a process running until it must stop. A process that ends is started again. The waits grow
 * while the process keeps ending soon.
 * @returns 'stopped', or 'misconfigured' when it ended because its configuration is wrong.
 */
export async function supervise(supervision: Supervision): Promise<'stopped' | 'misconfigured'> {
  const { name, start, log, stopping, backoff = BACKOFF_MS } = supervision;
  let failures = 0;
  while (!stopping.aborted) {
    const begun = performance.now();
    const running = start();
    const stop = () => void running.stop();
    stopping.addEventListener('abort', stop);
    const exit = await running.exited;
    stopping.removeEventListener('abort', stop);
    if (stopping.aborted) break;
    if ('code' in exit && exit.code === EXIT_CONFIGURATION) return 'misconfigured';
    if (performance.now() - begun > backoff.resetAfterMs) failures = 0;
    const waitMs = backoffWait(backoff, failures);
    log(`${name} ended unexpectedly (${describeExit(exit)}), and restarts in ${waitMs / 1000} s.`);
    await delay(waitMs, undefined, { signal: stopping }).catch(() => undefined);
    failures += 1;
  }
  return 'stopped';
}
