import { setTimeout as delay } from 'node:timers/promises';
import { AISDKError, APICallError, type FinishReason, RetryError } from 'ai';
import { PermanentError, RetryLaterError, retryAfterSeconds } from '../../errors.ts';
import { said } from '../../outputs/said.ts';
import type { GenerateContext } from '../../types.ts';

/** How often a call that was refused for now is made again at once, within the try. */
const REPEATS = 2;
const FIRST_WAIT_SECONDS = 2;
const SHORTEST_NAMED_SECONDS = 0.5;
/** A provider that names a longer time is not waited for here: the worker has other things to do. */
const LONGEST_WAIT_SECONDS = 60;
const TOO_MANY_REQUESTS = 429;
const UNAVAILABLE = 503;

/**
 * Calls a model, and says what its errors mean. A call that was refused for now is made again twice, after the time that the provider
 * named. What providers say stands in errors in short and without keys.
 * @param call one call of the AI SDK, with `maxRetries: 0`.
 * @throws PermanentError for what fails the same way again: a wrong key, an unknown model, a request that is refused; RetryLaterError
 * when the provider names a time; an Error for what may work later.
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
      // It rejects when the signal is aborted, with an error of its own.
      await delay(seconds * 1000, undefined, { signal: ctx.signal }).catch(() => undefined);
      ctx.signal.throwIfAborted();
    }
  }
}

/** @returns after how many seconds the same call is made again; null: not now. */
function repeatAfter(error: unknown, repeats: number): number | null {
  const refusal = refusalOf(error);
  if (!refusal?.isRetryable) return null;
  const named = namedSeconds(refusal);
  // A time that is named is a minimum: a provider that says 0 each time is not asked without a pause.
  const seconds =
    named === null
      ? FIRST_WAIT_SECONDS * 2 ** repeats
      : Math.max(named, SHORTEST_NAMED_SECONDS * 2 ** repeats);
  return seconds < LONGEST_WAIT_SECONDS ? seconds : null;
}

/** A provider's answer that is none; the AI SDK's gateway wraps it. */
function refusalOf(error: unknown): APICallError | null {
  if (APICallError.isInstance(error)) return error;
  return error instanceof Error && APICallError.isInstance(error.cause) ? error.cause : null;
}

function namedSeconds({ responseHeaders = {} }: APICallError): number | null {
  const ms = responseHeaders['retry-after-ms'] ?? '';
  return /^\d+(\.\d+)?$/.test(ms) ? Number(ms) / 1000 : retryAfterSeconds(responseHeaders['retry-after']);
}

/** Without the cause: it holds the provider's whole answer, and what was asked. */
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

/** What ended a text of which some was there, and is paid for: it is left to the next try. */
export function brokenOff(error: unknown): Error {
  return new Error(`the model broke off: ${said(textOf(error))}`);
}

function textOf(error: unknown): string {
  if (error instanceof Error) return error.message;
  return typeof error === 'string' ? error : JSON.stringify(error);
}

/** @throws unless a model came to the end of what it had to say. */
export function mustBeWhole(finishReason: FinishReason): void {
  switch (finishReason) {
    case 'stop':
      return;
    case 'content-filter':
      throw new PermanentError('the model refused the brief');
    case 'length':
      throw new PermanentError(
        'what the model wrote was cut off at its limit of tokens; raise maxOutputTokens',
      );
    default:
      throw new Error(`the model ended too early (${finishReason})`);
  }
}
