import { inspect } from 'node:util';
import { InvalidOutputError, PermanentError } from '@fulfillment/artifacts';
import { type Handler, RetryLaterError } from '@fulfillment/handlers';
import {
  describeError,
  type JobContext,
  NoLongerWanted,
  permanent,
  StepError,
  transient,
} from '@fulfillment/platform';
import { aborted } from '@fulfillment/shared';

/** The handler exceeded its time limit. */
class TimeLimitError extends Error {
  override readonly name = 'TimeLimitError';
}

/**
 * Calls a handler under its time limit and the given signals. A handler that ignores its signal is
 * abandoned: its promise is ignored, and the worker goes on.
 * @throws StepError that names the handler, or NoLongerWanted when the order no longer needs the
 * step.
 */
export async function callHandler<T>(
  handler: Handler,
  context: JobContext,
  unwanted: AbortSignal,
  call: (signal: AbortSignal) => Promise<T> | T,
): Promise<T> {
  const limit = new AbortController();
  const timer = setTimeout(
    () => limit.abort(new TimeLimitError(`took longer than its time limit of ${handler.timeLimitSeconds} s`)),
    handler.timeLimitSeconds * 1000,
  );
  const signal = AbortSignal.any([limit.signal, unwanted, context.signal]);
  try {
    signal.throwIfAborted();
    return await Promise.race([aborted(signal), Promise.resolve().then(() => call(signal))]);
  } catch (error) {
    throw signal.aborted ? meaningOf(signal.reason, handler, context) : meaningOf(error, handler, context);
  } finally {
    clearTimeout(timer);
  }
}

function meaningOf(error: unknown, handler: Handler, { tryNumber, signal }: JobContext): Error {
  if (error instanceof NoLongerWanted || error instanceof StepError) return error;
  if (signal.aborted) return transient(`handler "${handler.name}" was interrupted`, error);
  if (error instanceof RetryLaterError) {
    const reason = `Handler "${handler.name}" waits: ${describeError(error)}`;
    return new StepError({ kind: 'throttled', reason, retryAt: Date.now() + error.seconds * 1000 }, error);
  }
  const what = `Handler "${handler.name}" failed (try ${tryNumber} of ${handler.attempts}): ${describeError(errorOf(error))}`;
  const isPermanent = error instanceof PermanentError || error instanceof InvalidOutputError;
  return isPermanent || tryNumber >= handler.attempts ? permanent(what, error) : transient(what, error);
}

/** A handler can throw any value, and not every value converts to a text. */
function errorOf(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(typeof thrown === 'string' ? thrown : inspect(thrown));
}
