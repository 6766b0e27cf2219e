import { MAX_UNKNOWN_OUTCOMES } from '@fulfillment/shared';
import type { Job } from 'bullmq';
import { classify, type Failure } from '../telemetry/failures.ts';
import { historyOf } from './job-history.ts';

/**
 * A job that was only refused, or held until named times, ends in attention after this long. In ms.
 * The time must suffice for a backlog to go out, however often its jobs are refused meanwhile.
 * Refusals are therefore limited in time, not in number.
 */
const LONGEST_HELD = 7 * 24 * 3600_000;
/** A job that waited this long for a lock or an agent, without a try, ends in attention. In ms. */
const LONGEST_WAIT = 24 * 3600_000;

/** An end that the step did not cause: the process stops, or another worker has the job. */
export type Interruption = { kind: 'stopped' | 'lock lost'; reason: string };

/** What an error means for the job's attempt. */
export function failureOf(
  error: unknown,
  { job, isAborting, signal }: { job: Job; isAborting: boolean; signal: AbortSignal | undefined },
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
    failure.pause === undefined &&
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
      reason: `the outcome of ${unknowns + 1} tries is unknown. The last: ${reason}`,
    };
  }
  return failure;
}

export function isGuess(failure: Failure | Interruption): boolean {
  return failure.kind === 'throttled' && failure.isGuess === true;
}

/** Since when the job has waited for the cause of this failure, in ms since the epoch. */
export function waitStart(job: Job, failure: Failure): number {
  const { waitingSince, storeFailingSince } = historyOf(job);
  const isStore = failure.kind === 'throttled' && failure.isStore === true;
  return (isStore ? storeFailingSince : waitingSince) ?? Date.now();
}
