import {
  AbortError,
  AtelierError,
  AuthenticationError,
  ForbiddenError,
  RateLimitError,
  UnexpectedResponseError,
} from '@atelier-ai/sdk';
import { cutText, withoutSecrets } from '@fulfillment/shared';
import { discardReason } from '../redis/errors.ts';

/**
 * What a step's error means for the step. Every error that a worker meets is one of these.
 * - `transient`: retry later.
 * - `unknown`: the call may have taken effect. Read before you retry.
 * - `throttled`: wait until `retryAt`. The wait uses no try.
 * - `refused`: like `throttled`, but it holds all work of the queue from this address.
 * - `void`: the order moved on. Finish quietly.
 * - `permanent`: a retry does not help. A human decides.
 */
export type Failure = (
  | { kind: 'transient' | 'unknown' | 'permanent' | 'void'; reason: string }
  | { kind: 'refused'; reason: string; retryAt: number }
  | {
      kind: 'throttled';
      reason: string;
      retryAt: number;
      /**
       * The retry time is a guess, because the wait may end at any time. Retries become less
       * frequent, and the wait lasts for a day at most. Without this flag a service, the budget or
       * a lock's end named the time.
       */
      isGuess?: true;
      /** The artifact store failed. Its patience is separate from that for a lock or an agent. */
      isStore?: true;
      /** An operator's pause holds the step, and may last for any time (see `WorkPauses`). */
      pause?: string;
    }
) & {
  /** The marketplace rate-limits such calls (429). */
  isRateLimit?: true;
  /**
   * The step is retried, since the failure may pass. But the failure is not an outage, so a human
   * is notified soon.
   */
  raiseSoon?: true;
  /** The order is another agent's, by an answer to a valid key of ours. */
  isNotOurs?: true;
  /** If a step meets only such failures for this long, retries end and a human is asked. In ms. */
  patienceMs?: number;
};

/** Thrown by our own code when it knows what its error means. */
export class StepError extends Error {
  override readonly name = 'StepError';
  readonly failure: Failure;

  constructor(failure: Failure, cause?: unknown) {
    super(failure.reason, cause === undefined ? undefined : { cause });
    this.failure = failure;
  }
}

/** Waits without using a try, until a named time. */
export function throttled(reason: string, retryAt: number): StepError {
  return new StepError({ kind: 'throttled', reason, retryAt });
}

/**
 * Waits without using a try for an event without a known time, such as the end of another
 * worker's work. `retryAt` is a guess.
 */
export function waitingFor(reason: string, retryAt: number): StepError {
  return new StepError({ kind: 'throttled', reason, retryAt, isGuess: true });
}

/** Waits without using a try for an artifact store that failed. `retryAt` is a guess. */
export function waitingForStore(reason: string, retryAt: number): StepError {
  return new StepError({ kind: 'throttled', reason, retryAt, isGuess: true, isStore: true });
}

/**
 * Waits without using a try until an operator resumes the work.
 * @param retryAt when to check again, in case the wake-up at the resume is lost.
 * @param pause identifies the pause.
 */
export function paused(reason: string, retryAt: number, pause: string): StepError {
  return new StepError({ kind: 'throttled', reason, retryAt, pause });
}

/** The marketplace takes no calls like this one from our address until `retryAt`. */
export function refused(reason: string, retryAt: number): StepError {
  return new StepError({ kind: 'refused', reason, retryAt, isRateLimit: true });
}

export function permanent(reason: string, cause?: unknown): StepError {
  return new StepError({ kind: 'permanent', reason }, cause);
}

/**
 * The marketplace denies a read. The denial may be a short delay after a webhook, or a key that is
 * being changed.
 */
export function unreadable(error: AtelierError): StepError {
  const isAboutKey = error.status === 401 || error.status === 403;
  const reason = `${describeError(error)}.${isAboutKey ? KEY_ADVICE : ''}`;
  return new StepError({ kind: 'transient', reason, raiseSoon: true }, error);
}

/**
 * The marketplace denies our valid key access to an order, so the order belongs to another agent.
 * If the order is known to us, it was ours before, and the denial may pass. Its reads go on, and a
 * human is notified soon.
 */
export function deniedOrder(reason: string, cause: unknown): StepError {
  return new StepError({ kind: 'transient', reason, raiseSoon: true, isNotOurs: true }, cause);
}

/**
 * The marketplace shows another agent's order. If the order was ours before, reads go on and a
 * human is notified soon.
 */
export function othersOrder(reason: string): StepError {
  return new StepError({ kind: 'transient', reason, raiseSoon: true, isNotOurs: true });
}

/**
 * The marketplace answered a read with something other than the order. Reads go on, because one bad
 * answer must not end them.
 */
export function unusable(reason: string, cause?: unknown): StepError {
  return new StepError({ kind: 'transient', reason, raiseSoon: true }, cause);
}

export function transient(reason: string, cause?: unknown): StepError {
  return new StepError({ kind: 'transient', reason }, cause);
}

/**
 * Classifies an error. An unknown error is transient: tries are bounded, and end in attention.
 * @param now ms since the epoch, for the end of a refusal.
 */
export function classify(error: unknown, now: number = Date.now()): Failure {
  if (error instanceof StepError) {
    return { ...error.failure, reason: withoutSecrets(error.failure.reason) };
  }
  const reason = describeError(error);
  if (error instanceof RateLimitError) {
    const namedMs = Math.min(error.retryAfter * 1000, LONGEST_NAMED_MS);
    return { kind: 'throttled', reason, retryAt: now + namedMs, isGuess: true };
  }
  if (error instanceof AtelierError) {
    if (error.mayHaveTakenEffect) return { kind: 'unknown', reason };
    if (isAccessDenied(error)) {
      const told = `${reason}.${KEY_ADVICE}`;
      return { kind: 'transient', reason: told, raiseSoon: true, patienceMs: DENIAL_PATIENCE_MS };
    }
    return { kind: isRefusal(error) ? 'permanent' : 'transient', reason };
  }
  return { kind: 'transient', reason };
}

/**
 * For how long a write is retried that the marketplace denies, in ms. A key is being changed, or an
 * instance does not know the new key yet.
 */
const DENIAL_PATIENCE_MS = 10 * 60_000;

/**
 * Whether the marketplace itself denies access (401, 403). A wrong key can give either status. A
 * proxy's error page does not count.
 */
export function isAccessDenied(error: unknown): boolean {
  return error instanceof AuthenticationError || error instanceof ForbiddenError;
}

/**
 * A 429 to a call that the budget does not count comes from an intermediary. The call is retried
 * after an hour at the latest, whatever time the 429 names.
 */
const LONGEST_NAMED_MS = 3600_000;
const KEY_ADVICE = " Is the agent's key right?";
const TOO_LARGE = 413;

/**
 * The marketplace rejects the call, and would reject a retry. A proxy's error page does not count,
 * unless it reports that the body is too large.
 */
function isRefusal(error: AtelierError): boolean {
  if (error instanceof AbortError) return false;
  if (error instanceof UnexpectedResponseError) return error.status === TOO_LARGE;
  return error.status >= 400 && error.status < 500 && error.status !== 408 && error.status !== 409;
}

/**
 * Whether the error of a write proves that the write had no effect: it was refused, or never sent.
 */
export function hadNoEffect(error: unknown): boolean {
  return error instanceof AtelierError ? !error.mayHaveTakenEffect : error instanceof StepError;
}

/** In UTF-16 units. */
const LONGEST_DESCRIPTION = 500;

/** An error in one line, without secrets, cut to a length that fits a page. */
export function describeError(error: unknown): string {
  const reason = error instanceof Error ? discardReason(error) : null;
  const message = error instanceof Error ? error.message || error.name : String(error);
  const text = reason === null ? message : `${message} (${reason})`;
  const status = error instanceof AtelierError && error.status > 0 ? ` (HTTP ${error.status})` : '';
  return cutText(withoutSecrets(text), LONGEST_DESCRIPTION) + status;
}
