import {
  classify,
  describeError,
  HandlerTries,
  type JobContext,
  type Runtime,
  StepError,
} from '@fulfillment/platform';
import { type Fact, factsOf, stackOf } from '@fulfillment/shared';
import type { Begun } from '../begin.ts';
import { tryOf } from '../spending.ts';

/** A step that calls a handler. */
interface HandlerStep {
  name: 'price' | 'generate';
  round: string;
  attempt: number;
}

/**
 * A service may ask for many waits, each with an error of its own. Only the first waits of a step
 * are kept with their stacks.
 */
const MOST_WAITS_WRITTEN = 3;

/** An attempt of a handler. */
interface HandlerTry {
  runtime: Runtime;
  begun: Begun;
  step: HandlerStep;
  context: JobContext;
}

interface JudgedTry<T> extends HandlerTry {
  /**
   * Whether the result is work, whose cost predicts the cost of other attempts. A refusal is not
   * work.
   */
  isDone: (result: T) => boolean;
}

/**
 * Runs a handler's attempt with its reservation of the day's limit. If the attempt gave no result,
 * this function records how it ended: the error with its stack, or that the worker was stopped. A
 * worker that is stopped returns the job in good order. Only crashes count against the limit of
 * starts.
 * @throws what the attempt throws.
 */
export async function inTry<T>({ isDone, ...attempt }: JudgedTry<T>, run: () => Promise<T>): Promise<T> {
  const settle = held(attempt);
  try {
    const result = await run();
    count(attempt, 'done');
    await settle(isDone(result));
    return result;
  } catch (error) {
    await settle(false);
    const fact = attempt.context.signal.aborted ? returned(attempt) : failed(attempt, error);
    if (fact !== null) await write(attempt, fact);
    throw error;
  }
}

/**
 * Renews the attempt's reservation of its handler's limit for the day.
 * @returns the function that ends the reservation, which never throws.
 */
function held({ runtime, begun, step, context }: HandlerTry): (isDone: boolean) => Promise<void> {
  const { record, handler } = begun;
  if (handler.maxCostUsd?.day === undefined) return async () => undefined;
  // A reservation that cannot be renewed or settled expires.
  const onError = (error: unknown) =>
    context.log.warn({ reason: describeError(error) }, 'reservation of cost not kept');
  const settle = runtime.spending.hold(tryOf(handler, record, step), onError);
  return (isDone) => settle(isDone).catch(onError);
}

/**
 * If a lock was lost while the worker was not stopped, the job was not returned in good order: its
 * handler may have blocked the process.
 */
function returned({ runtime, begun, step }: HandlerTry): Fact | null {
  const { name, round, attempt } = step;
  return runtime.stopping.aborted
    ? { type: 'returned', step: name, round, attempt, start: begun.start }
    : null;
}

function failed(of: HandlerTry, error: unknown): Fact | null {
  const { begun, step, context } = of;
  const { record, handler, start } = begun;
  // An order that no longer needs the step is not a failure.
  if (!(error instanceof StepError)) return null;
  const { kind, reason } = classify(error);
  const stack = stackOf(error.cause ?? error);
  context.log.warn({ handler: handler.name, kind, reason, stack }, 'handler failed');
  if (kind !== 'transient' && kind !== 'permanent' && kind !== 'throttled') return null;
  if (kind !== 'throttled') count(of, 'failed');
  const { name, round, attempt } = step;
  const waits = factsOf(record, 'try_failed').filter(
    (fact) =>
      fact.kind === 'throttled' && fact.step === name && fact.round === round && fact.attempt === attempt,
  );
  if (kind === 'throttled' && waits.length >= MOST_WAITS_WRITTEN) return null;
  return { type: 'try_failed', step: name, round, attempt, start, kind, reason, stack };
}

/** Counts the attempt for the alert of a failing handler. The attempt does not wait for it. */
function count({ runtime: { redis, keys }, begun, context }: HandlerTry, outcome: 'done' | 'failed'): void {
  new HandlerTries(redis, keys).note(begun.handler.name, outcome).catch((error: unknown) => {
    context.log.debug({ reason: describeError(error) }, 'an attempt was not counted');
  });
}

/** The attempt's own error matters more than a failure to record how the attempt ended. */
async function write({ runtime, begun, context }: HandlerTry, fact: Fact): Promise<void> {
  const { agentId, orderId } = begun.record;
  try {
    await runtime.store.append({ agentId, orderId }, [fact]);
  } catch (error) {
    context.log.error(
      { reason: describeError(error), fact: fact.type },
      'the end of an attempt could not be recorded',
    );
  }
}
