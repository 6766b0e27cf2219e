import { backoffWait, cutWithEllipsis, LONGEST_RETRY_WAIT, withJitter } from '@fulfillment/shared';
import { DelayedError, type Job, UnrecoverableError, WaitingError } from 'bullmq';
import type { Failure } from '../telemetry/failures.ts';
import type { Logger } from '../telemetry/logger.ts';
import { wake } from './held-jobs.ts';
import { type Interruption, isGuess, waitStart } from './job-failure.ts';
import { historyOf, noteHistory } from './job-history.ts';
import type { WorkPauses } from './work-pauses.ts';

/**
 * A job that has waited for long asks less often: after a tenth of its wait so far, up to this. In
 * ms.
 */
const LONGEST_PUT_BACK = 60_000;
const SHORTEST_PUT_BACK = 250;

/** In UTF-16 units. */
const LONGEST_REASON = 300;

/** An attempt of a job that did not succeed. */
export interface FailedAttempt {
  job: Job;
  token: string | undefined;
  log: Logger;
  /** Records for a human that the job failed for good. */
  giveUp: () => Promise<void>;
  /** The pauses of work that may hold the job. */
  workPauses: WorkPauses | undefined;
}

/** Ends an attempt according to its failure. Always throws, unless the failure is `void`. */
export async function settle(
  { job, token, log, giveUp, workPauses }: FailedAttempt,
  failure: Failure | Interruption,
  error: unknown,
): Promise<void> {
  const { kind, reason } = failure;
  switch (kind) {
    case 'void':
      log.info({ reason }, 'step is void');
      return;
    case 'refused':
      await noteHistory(job, {
        pause: null,
        refusedSince: historyOf(job).refusedSince ?? Date.now(),
        waitReason: shortened(reason),
      });
      await job.moveToWait(token);
      throw new WaitingError();
    case 'stopped':
      await job.moveToWait(token);
      throw new WaitingError();
    case 'lock lost':
      log.warn({ reason }, 'step left to the worker that took it over');
      throw new Error(reason, { cause: error });
    case 'throttled': {
      const shortest = await shortestPutBack(job, failure);
      const until = Math.max(failure.retryAt, Date.now() + shortest);
      const waitReason = shortened(reason);
      await noteHistory(job, { pause: failure.pause ?? null, runnableAt: until, waitReason });
      log.info({ reason, until: new Date(until).toISOString() }, 'step waits');
      await job.moveToDelayed(until, token);
      // A resume wakes the jobs that are put back. It came too early for this job if the pause is
      // already over.
      if (failure.pause !== undefined && (await workPauses?.isPaused(failure.pause)) === false)
        await wake(job);
      throw new DelayedError();
    }
    case 'permanent':
      log.error({ reason }, 'step failed for good');
      await giveUp();
      throw new UnrecoverableError(reason);
    case 'transient':
    case 'unknown': {
      const before = historyOf(job);
      const unknowns = before.unknowns + (kind === 'unknown' ? 1 : 0);
      const deniedSince = failure.patienceMs === undefined ? null : (before.deniedSince ?? Date.now());
      await noteHistory(job, {
        pause: null,
        runnableAt: Date.now(),
        waitingSince: null,
        storeFailingSince: null,
        refusedSince: null,
        deniedSince,
        waitReason: null,
        unknowns,
      });
      const isLast = job.attemptsMade + 1 >= (job.opts.attempts ?? 1);
      log.warn({ reason, kind, tryNumber: job.attemptsMade + 1, isLast, err: error }, 'step failed');
      if (isLast) await giveUp();
      throw error instanceof Error ? new Error(reason, { cause: error }) : new Error(reason);
    }
  }
}

/** Every put-back stores the reason, so it is short. */
function shortened(reason: string): string {
  return cutWithEllipsis(reason, LONGEST_REASON);
}

/**
 * Records since when a job waits.
 * @returns the shortest time to put the job back, in ms. A named time is honoured.
 */
async function shortestPutBack(job: Job, failure: Failure & { kind: 'throttled' }): Promise<number> {
  const now = Date.now();
  if (failure.pause !== undefined) {
    // The time of a pause counts as no wait.
    await noteHistory(job, {
      waitingSince: null,
      storeFailingSince: null,
      heldSince: null,
      refusedSince: null,
    });
    return SHORTEST_PUT_BACK;
  }
  if (!isGuess(failure)) {
    const heldSince = historyOf(job).heldSince ?? now;
    await noteHistory(job, { waitingSince: null, storeFailingSince: null, heldSince });
    return SHORTEST_PUT_BACK;
  }
  const since = waitStart(job, failure);
  // A job that reached the store has its lock and its agent. A job that waits for a lock knows
  // nothing new about the store.
  const noted = failure.isStore ? { waitingSince: null, storeFailingSince: since } : { waitingSince: since };
  await noteHistory(job, noted);
  return Math.min(LONGEST_PUT_BACK, Math.max(SHORTEST_PUT_BACK, (now - since) / 10));
}

/** Exponential, with jitter, never longer than `LONGEST_RETRY_WAIT`. In ms. */
export function retryWait(firstWaitMs: number, triesMade: number): number {
  const wait = backoffWait({ first: firstWaitMs, longest: LONGEST_RETRY_WAIT }, triesMade - 1);
  return Math.round(withJitter(wait, Math.random()));
}
