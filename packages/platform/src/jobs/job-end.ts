import { backoffWait, LONGEST_RETRY_WAIT, MAX_UNKNOWN_OUTCOMES, withJitter } from '@fulfillment/shared';
import { DelayedError, type Job, UnrecoverableError, WaitingError } from 'bullmq';
import { classify, type Failure } from '../telemetry/failures.ts';
import type { Logger } from '../telemetry/logger.ts';
import { historyOf, noteHistory } from './job-history.ts';

/**
 * A job that was only refused, or held until named times, ends in attention after this long. In ms.
 * The time must suffice for a backlog to go out, however often its jobs are refused meanwhile.
 * Refusals are therefore limited in time, not in number.
 */
const LONGEST_HELD = 7 * 24 * 3600_000;
/** A job that waited this long for a lock or an agent, without a try, ends in attention. In ms. */
const LONGEST_WAIT = 24 * 3600_000;
/**
 * A job that has waited for long asks less often: after a tenth of its wait so far, up to this. In
 * ms.
 */
const LONGEST_PUT_BACK = 60_000;
const SHORTEST_PUT_BACK = 250;

/** An end that the step did not cause: the process stops, or another worker has the job. */
export type Interruption = { kind: 'stopped' | 'lock lost'; reason: string };

/** What an error means for the job's try. */
export function meaningOf(
  error: unknown,
  job: Job,
  isAborting: boolean,
  signal: AbortSignal | undefined,
): Failure | Interruption {
  if (isAborting) return { kind: 'stopped', reason: 'the process stops' };
  if (signal?.aborted) return { kind: 'lock lost', reason: 'the lock of the job was lost' };
  return bounded(job, classify(error));
}

/** A human must decide about a job that is put back without end, or whose outcome stays unknown. */
function bounded(job: Job, failure: Failure): Failure {
  const { deniedSince, heldSince, refusedSince, unknowns } = historyOf(job);
  const { kind, reason } = failure;
  if (kind === 'refused' && refusedSince !== null && Date.now() - refusedSince >= LONGEST_HELD) {
    return { kind: 'permanent', reason: `refused for over a week: ${reason}` };
  }
  if (
    kind === 'throttled' &&
    !isGuess(failure) &&
    heldSince !== null &&
    Date.now() - heldSince >= LONGEST_HELD
  ) {
    return { kind: 'permanent', reason: `held for over a week: ${reason}` };
  }
  if (isGuess(failure) && Date.now() - waitStart(job, failure) >= LONGEST_WAIT) {
    return { kind: 'permanent', reason: `waited for over a day: ${reason}` };
  }
  const { patienceMs } = failure;
  if (patienceMs !== undefined && deniedSince !== null && Date.now() - deniedSince >= patienceMs) {
    return {
      kind: 'permanent',
      reason: `denied for over ${Math.round(patienceMs / 60_000)} minutes: ${reason}`,
    };
  }
  if (kind === 'unknown' && unknowns + 1 >= MAX_UNKNOWN_OUTCOMES) {
    return {
      kind: 'permanent',
      reason: `the outcome of ${unknowns + 1} tries is unknown; the last: ${reason}`,
    };
  }
  return failure;
}

/** Ends a try according to its failure. Always throws, unless the failure is `void`. */
export async function settle(
  job: Job,
  token: string | undefined,
  failure: Failure | Interruption,
  log: Logger,
  error: unknown,
  giveUp: () => Promise<void>,
): Promise<void> {
  const { kind, reason } = failure;
  switch (kind) {
    case 'void':
      log.info({ reason }, 'step is void');
      return;
    case 'refused':
      await noteHistory(job, { refusedSince: historyOf(job).refusedSince ?? Date.now() });
      await job.moveToWait(token);
      throw new WaitingError();
    case 'stopped':
      await job.moveToWait(token);
      throw new WaitingError();
    case 'lock lost':
      log.warn({ reason }, 'step left to the worker that took it over');
      throw new Error(reason, { cause: error });
    case 'throttled': {
      const until = Math.max(failure.retryAt, Date.now() + (await shortestPutBack(job, failure)));
      log.info({ reason, until: new Date(until).toISOString() }, 'step waits');
      await job.moveToDelayed(until, token);
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
        waitingSince: null,
        storeFailingSince: null,
        refusedSince: null,
        deniedSince,
        unknowns,
      });
      const isLast = job.attemptsMade + 1 >= (job.opts.attempts ?? 1);
      log.warn({ reason, kind, tryNumber: job.attemptsMade + 1, isLast, err: error }, 'step failed');
      if (isLast) await giveUp();
      throw error instanceof Error ? new Error(reason, { cause: error }) : new Error(reason);
    }
  }
}

function isGuess(failure: Failure | Interruption): boolean {
  return failure.kind === 'throttled' && failure.isGuess === true;
}

/** Since when the job has waited for the cause of this failure, in ms since the epoch. */
function waitStart(job: Job, failure: Failure): number {
  const { waitingSince, storeFailingSince } = historyOf(job);
  const isStore = failure.kind === 'throttled' && failure.isStore === true;
  return (isStore ? storeFailingSince : waitingSince) ?? Date.now();
}

/**
 * Records since when a job waits.
 * @returns the shortest time to put the job back, in ms. A named time is honoured.
 */
async function shortestPutBack(job: Job, failure: Failure & { kind: 'throttled' }): Promise<number> {
  const now = Date.now();
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
