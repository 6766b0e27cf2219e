import { APICallError, type FinishReason, RetryError } from 'ai';
import { PermanentError } from '../../errors.ts';
import type { GenerateContext } from '../../types.ts';

/**
 * Calls a model, and says what its errors mean. The AI SDK tries calls again that were refused for now, after the time that the
 * provider named; what still fails is left to the next try of the handler.
 * @throws PermanentError for what fails the same way again: a wrong key, an unknown model, a request that is refused.
 */
export async function callModel<T>(ctx: GenerateContext, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    ctx.signal.throwIfAborted();
    const cause = RetryError.isInstance(error) ? error.lastError : error;
    if (APICallError.isInstance(cause) && !cause.isRetryable) {
      throw new PermanentError(
        `the model's provider refuses the call (HTTP ${cause.statusCode ?? '?'}): ${cause.message}`,
        {
          cause,
        },
      );
    }
    throw cause;
  }
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
