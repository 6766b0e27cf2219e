import { AtelierError, RateLimitError } from '@atelier-ai/sdk';
import type { Budget, CallClass, Owed, Yielding } from '../budget/budget.ts';
import { refused, StepError, throttled } from '../telemetry/failures.ts';
import type { Logger } from '../telemetry/logger.ts';

/**
 * Counts the outstanding calls of deliveries, due now or soon. Polls and messages yield to them.
 */
export type CountOwed = () => Promise<Owed>;

/**
 * The classes whose rate limit stops their whole queue. An upload shares its queue with deliveries,
 * which may still go. Polls have no queue.
 */
const QUEUE_STOPPING: readonly CallClass[] = ['deliver', 'quote', 'message'];

/** How long the job of a rate-limited upload waits before its next attempt, in ms. */
const UPLOAD_WAIT_MS = 30_000;

/** Checks, right before a write, that the write is still wanted. Throws if it is not. */
export type LastLook = () => Promise<void>;

/** When and how a counted call runs. */
export interface CallOptions {
  /**
   * Runs when the budget admits the call, right before the call. If it throws, the call does not
   * go.
   */
  lastLook?: LastLook;
  /** How the call yields to deliveries. */
  yielding?: Yielding;
}

/** Makes the calls that count against the marketplace's rate limit, within the API budget. */
export class CountedCalls {
  readonly #budget: Budget;
  readonly #countOwed: CountOwed;
  readonly #log: Logger;

  constructor(budget: Budget, { countOwed, log }: { countOwed: CountOwed; log: Logger }) {
    this.#budget = budget;
    this.#countOwed = countOwed;
    this.#log = log;
  }

  /**
   * Makes a call that the marketplace counts.
   * @throws StepError when the budget holds the call back, or the marketplace answers 429.
   */
  async make<T>(
    callClass: CallClass,
    call: () => Promise<T>,
    { lastLook, yielding }: CallOptions = {},
  ): Promise<T> {
    const admission = await this.#budget.admit(callClass, await this.#countOwed(), yielding);
    if (!admission.admitted) {
      const { reason, retryAt, isRefused } = admission;
      throw isRefused ? rateLimited(callClass, reason, retryAt) : throttled(reason, retryAt);
    }
    try {
      await lastLook?.();
    } catch (error) {
      await this.#budget.giveBack(callClass, admission.counted);
      throw error;
    }
    try {
      const answer = await call();
      if (admission.followsRefusal) await this.#budget.accepted(callClass);
      return answer;
    } catch (error) {
      if (error instanceof RateLimitError) throw await this.#noteRateLimit(callClass, error);
      // An answer of any other status passed the rate limit. A call without an answer proves
      // nothing.
      if (admission.followsRefusal && error instanceof AtelierError && error.status > 0) {
        await this.#budget.accepted(callClass);
      }
      throw error;
    }
  }

  /**
   * Records a 429 in the budget. A used-up window explains only a window of 429s. If they last
   * longer, the operator must know.
   */
  async #noteRateLimit(callClass: CallClass, error: RateLimitError): Promise<StepError> {
    // Only a 429 of the marketplace itself says when its window ends. A proxy's 429, or one without
    // a time, does not.
    const endsWindow = error.resetAt !== undefined;
    const named = Date.now() + error.retryAfter * 1000;
    const { retryAt, refusedForMs } = await this.#budget.refused(callClass, named, endsWindow);
    if (refusedForMs >= this.#budget.windowMs) {
      this.#log.error(
        {
          callClass,
          refusedForSeconds: Math.round(refusedForMs / 1000),
          retryAt: new Date(retryAt).toISOString(),
        },
        'the marketplace has refused all calls of this class for longer than a rate-limit window',
      );
    }
    const waitSeconds = Math.ceil((retryAt - Date.now()) / 1000);
    return rateLimited(callClass, `the marketplace refuses such calls for ${waitSeconds} s`, retryAt);
  }
}

function rateLimited(callClass: CallClass, reason: string, retryAt: number): StepError {
  const told = `${reason} (${callClass})`;
  if (QUEUE_STOPPING.includes(callClass)) return refused(told, retryAt);
  // The upload's queue goes on, so a worker behind another address may take the upload meanwhile.
  const until = callClass === 'upload' ? Math.min(retryAt, Date.now() + UPLOAD_WAIT_MS) : retryAt;
  return new StepError({ kind: 'throttled', reason: told, retryAt: until, isRateLimit: true });
}
