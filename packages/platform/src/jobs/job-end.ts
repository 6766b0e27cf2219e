import { backoffWait, cutWithEllipsis, LONGEST_RETRY_WAIT, withJitter } from '@fulfillment/shared';
import { DelayedError, type Job, UnrecoverableError, WaitingError } from 'bullmq';
import { describeError, type Failure } from '../telemetry/failures.ts';
import type { Logger } from '../telemetry/logger.ts';
import { wake } from './held-jobs.ts';
import { type Interruption, isGuess, waitStart } from './job-failure.ts';
import { historyOf, type JobHistory, noteHistory } from './job-history.ts';
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
      const { until, history } = putBackOf(job, failure, Date.now());
      await noteHistory(job, { ...history, runnableAt: until, waitReason: shortened(reason) });
      log.info({ reason, until: new Date(until).toISOString() }, 'step waits');
      await job.moveToDelayed(until, token);
      if (failure.pause !== undefined) await wakeIfResumed({ job, log, workPauses }, failure.pause);
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

/** How a job is put back that must wait. */
interface PutBack {
  /** When it may run again, in ms since the epoch. A time that the failure names is honoured. */
  until: number;
  /** What it waits for, and since when. */
  history: Partial<JobHistory>;
}

function putBackOf(job: Job, failure: Failure & { kind: 'throttled' }, now: number): PutBack {
  const { retryAt, pause } = failure;
  const until = Math.max(retryAt, now + SHORTEST_PUT_BACK);
  const isReady = { pause: null, waitingSince: null, storeFailingSince: null };
  if (pause !== undefined) {
    // The time of a pause counts as no wait.
    return { until, history: { ...isReady, pause, heldSince: null, refusedSince: null } };
  }
  if (!isGuess(failure))
    return { until, history: { ...isReady, heldSince: historyOf(job).heldSince ?? now } };
  const since = waitStart(job, failure);
  const wait = Math.min(LONGEST_PUT_BACK, (now - since) / 10);
  // A job that reached the store has its lock and its agent. A job that waits for a lock knows
  // nothing new about the store.
  const waits = failure.isStore ? { waitingSince: null, storeFailingSince: since } : { waitingSince: since };
  return { until: Math.max(until, now + wait), history: { pause: null, ...waits } };
}

/**
 * Wakes a job that was put back because of a pause, if the pause is already over. The resume came
 * too early for this job. If Redis does not answer, the job checks its pause later.
 */
async function wakeIfResumed(
  { job, log, workPauses }: Pick<FailedAttempt, 'job' | 'log' | 'workPauses'>,
  pause: string,
): Promise<void> {
  try {
    if ((await workPauses?.isPaused(pause)) === false) await wake(job);
  } catch (error) {
    log.warn({ reason: describeError(error) }, 'cannot see whether the pause of a step is over');
  }
}

/** Exponential, with jitter, never longer than `LONGEST_RETRY_WAIT`. In ms. */
export function retryWait(firstWaitMs: number, triesMade: number): number {
  const wait = backoffWait({ first: firstWaitMs, longest: LONGEST_RETRY_WAIT }, triesMade - 1);
  return Math.round(withJitter(wait, Math.random()));
}
