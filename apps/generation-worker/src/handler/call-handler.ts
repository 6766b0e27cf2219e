import { inspect } from 'node:util';
import { InvalidOutputError, PermanentError } from '@fulfillment/artifacts';
import { RetryLaterError } from '@fulfillment/handlers';
import {
  describeError,
  type JobContext,
  NoLongerWanted,
  permanent,
  StepError,
  transient,
  waitingFor,
} from '@fulfillment/platform';
import {
  type CallKind,
  type CallOptions,
  type Calls,
  type HandlerDescription,
  InvalidAnswerError,
  RunnerUnavailableError,
  type Slot,
} from '@fulfillment/runner';
import { PriceError } from '@fulfillment/shared';

/** The first wait after a process could not be started. */
const TRY_AGAIN_MS = 5000;

interface HandlerCall<K extends CallKind> extends Omit<CallOptions<K>, 'signal' | 'timeLimitMs'> {
  slot: Slot;
  handler: HandlerDescription;
  job: JobContext;
  unwanted: AbortSignal;
}

/**
 * Calls a handler under its time limit and the job's signals. The step goes on at once when a
 * signal is aborted, whatever the handler does.
 * @throws StepError that names the handler, or NoLongerWanted when the order no longer needs the
 * step.
 */
export async function callHandler<K extends CallKind>({
  slot,
  handler,
  job,
  unwanted,
  ...call
}: HandlerCall<K>): Promise<Calls[K]['result']> {
  const signal = AbortSignal.any([unwanted, job.signal]);
  try {
    return await slot.run({ ...call, signal, timeLimitMs: handler.timeLimitSeconds * 1000 });
  } catch (error) {
    throw meaningOf(error, handler, job);
  }
}

function meaningOf(error: unknown, handler: HandlerDescription, { tryNumber, signal }: JobContext): Error {
  if (error instanceof NoLongerWanted || error instanceof StepError) return error;
  if (signal.aborted) return transient(`handler "${handler.name}" was interrupted`, error);
  if (error instanceof RunnerUnavailableError) {
    return waitingFor(`No handler can run: ${describeError(error)}`, Date.now() + TRY_AGAIN_MS);
  }
  if (error instanceof RetryLaterError) {
    const reason = `Handler "${handler.name}" waits: ${describeError(error)}`;
    return new StepError({ kind: 'throttled', reason, retryAt: Date.now() + error.seconds * 1000 }, error);
  }
  if (error instanceof InvalidAnswerError) return permanent(error.message, error);
  if (error instanceof PriceError) {
    return permanent(
      `Handler "${handler.name}" gave a price that cannot be quoted: ${error.message}.`,
      error,
    );
  }
  const what = `Handler "${handler.name}" failed (try ${tryNumber} of ${handler.attempts}): ${describeError(errorOf(error))}`;
  const isPermanent = error instanceof PermanentError || error instanceof InvalidOutputError;
  return isPermanent || tryNumber >= handler.attempts ? permanent(what, error) : transient(what, error);
}

/** A handler can throw any value, and not every value converts to a text. */
function errorOf(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(typeof thrown === 'string' ? thrown : inspect(thrown));
}
