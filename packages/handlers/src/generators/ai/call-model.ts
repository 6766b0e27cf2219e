import { setTimeout as delay } from 'node:timers/promises';
import { type Backoff, backoffWait } from '@fulfillment/shared';
import { AISDKError, APICallError, type FinishReason, RetryError } from 'ai';
import { PermanentError, RetryLaterError, retryAfterSeconds } from '../../errors.ts';
import type { GenerateContext } from '../../types.ts';
import { said } from '../said.ts';

/** How often a call is repeated within the attempt when the provider rejects it for now. */
const REPEATS = 2;
/**
 * A longer wait that a provider names is not spent here, because the worker has other work to do.
 */
const LONGEST_WAIT_SECONDS = 60;
/** The waits when the provider names no time, and the shortest waits when the provider does. */
const UNNAMED_SECONDS: Backoff = { first: 2, longest: LONGEST_WAIT_SECONDS };
const NAMED_SECONDS: Backoff = { first: 0.5, longest: LONGEST_WAIT_SECONDS };
const TOO_MANY_REQUESTS = 429;
const UNAVAILABLE = 503;

/**
 * Calls a model, and translates its errors. A call that the provider rejects for now is repeated
 * twice, after the time that the provider named. Errors quote the provider's texts in short and
 * without keys.
 * @param call one call of the AI SDK, with `maxRetries: 0`.
 * @throws PermanentError for an error that a retry cannot change: a wrong key, an unknown model, a
 * rejected request. RetryLaterError when the provider names a time. An Error for a failure that may
 * pass.
 */
export async function callModel<T>(ctx: GenerateContext, call: () => Promise<T>): Promise<T> {
  for (let repeats = 0; ; repeats += 1) {
    try {
      return await call();
    } catch (error) {
      ctx.signal.throwIfAborted();
      const cause = RetryError.isInstance(error) ? error.lastError : error;
      const seconds = repeats < REPEATS ? repeatAfter(cause, repeats) : null;
      if (seconds === null) throw meaningOf(cause);
      // The delay rejects when the signal is aborted, with an error of its own.
      await delay(seconds * 1000, undefined, { signal: ctx.signal }).catch(() => undefined);
      ctx.signal.throwIfAborted();
    }
  }
}

/** @returns after how many seconds the same call is repeated, or null for no repeat now. */
function repeatAfter(error: unknown, repeats: number): number | null {
  const refusal = refusalOf(error);
  if (!refusal?.isRetryable) return null;
  const named = namedSeconds(refusal);
  // A time that the provider names is a minimum. A provider that says 0 each time still gets a
  // pause.
  const seconds =
    named === null
      ? backoffWait(UNNAMED_SECONDS, repeats)
      : Math.max(named, backoffWait(NAMED_SECONDS, repeats));
  return seconds < LONGEST_WAIT_SECONDS ? seconds : null;
}

/**
 * The provider's error answer, or null. The AI SDK's gateway wraps such an answer in an error of
 * its own.
 */
function refusalOf(error: unknown): APICallError | null {
  if (APICallError.isInstance(error)) return error;
  return error instanceof Error && APICallError.isInstance(error.cause) ? error.cause : null;
}

function namedSeconds({ responseHeaders = {} }: APICallError): number | null {
  const ms = responseHeaders['retry-after-ms'] ?? '';
  return /^\d+(\.\d+)?$/.test(ms) ? Number(ms) / 1000 : retryAfterSeconds(responseHeaders['retry-after']);
}

/** The error's cause is left out, because it holds the provider's whole answer and our request. */
function meaningOf(error: unknown): unknown {
  const refusal = refusalOf(error);
  if (refusal !== null) {
    const { statusCode, isRetryable, message } = refusal;
    const what = `(HTTP ${statusCode ?? '?'}): ${said(message)}`;
    if (!isRetryable) return new PermanentError(`the model's provider refuses the call ${what}`);
    const seconds =
      statusCode === TOO_MANY_REQUESTS || statusCode === UNAVAILABLE ? namedSeconds(refusal) : null;
    const now = `the model's provider does not answer now ${what}`;
    return seconds === null ? new Error(now) : new RetryLaterError(seconds, now);
  }
  if (AISDKError.isInstance(error)) return new Error(said(error.message));
  if (error instanceof Error) return error;
  return new Error(`the model's provider failed: ${said(textOf(error))}`);
}

/**
 * The error for a text that broke off. The part that arrived is paid for. The next attempt
 * generates the text again.
 */
export function brokenOff(error: unknown): Error {
  return new Error(`the model broke off: ${said(textOf(error))}`);
}

function textOf(error: unknown): string {
  if (error instanceof Error) return error.message;
  return typeof error === 'string' ? error : JSON.stringify(error);
}

/** @throws unless the model finished its answer. */
export function rejectPartialAnswer(finishReason: FinishReason): void {
  switch (finishReason) {
    case 'stop':
      return;
    case 'content-filter':
      throw new PermanentError('the model refused the brief');
    case 'length':
      throw new PermanentError("the model's answer was cut off at its token limit: raise maxOutputTokens");
    default:
      throw new Error(`the model ended too early (${finishReason})`);
  }
}
