import type { Handler } from '@fulfillment/handlers';
import { aborted, type Policy } from '@fulfillment/shared';
import type { CallKind } from './calls/calls.ts';
import { PERFORMERS } from './calls/perform-call.ts';
import { describeHandler } from './describe-handler.ts';
import { RunnerUnavailableError, TimeLimitError } from './errors.ts';
import type { CallOptions, Runner, Slot } from './slot.ts';

/**
 * Runs handlers in this process (`HANDLER_ISOLATION=none`). A handler that crashes, blocks or leaks
 * hurts every order of the process.
 */
export function inlineRunner(handlers: readonly Handler[], policy: Policy): Runner {
  return {
    acquire: async (): Promise<Slot> => ({
      handlers: handlers.map(describeHandler),
      policy,
      run: (call) => runInline(handlers, call),
      [Symbol.dispose]: () => undefined,
    }),
    reload: async () => {
      throw new RunnerUnavailableError(
        'HANDLER_ISOLATION=none cannot load the configuration again: restart the process',
      );
    },
    close: async () => undefined,
  };
}

/**
 * A handler that ignores its signal is abandoned: its promise is ignored, and the process goes on.
 */
async function runInline<K extends CallKind>(
  handlers: readonly Handler[],
  { kind, input, host, signal, timeLimitMs }: CallOptions<K>,
) {
  const limit = new AbortController();
  const timer = setTimeout(
    () => limit.abort(new TimeLimitError(`took longer than its time limit of ${timeLimitMs / 1000} s`)),
    timeLimitMs,
  );
  const ending = AbortSignal.any([limit.signal, signal]);
  try {
    ending.throwIfAborted();
    const call = { host: host(ending), signal: ending };
    return await Promise.race([
      aborted(ending),
      Promise.resolve().then(() => PERFORMERS[kind](handlers, input, call)),
    ]);
  } catch (error) {
    throw ending.aborted ? ending.reason : error;
  } finally {
    clearTimeout(timer);
  }
}
