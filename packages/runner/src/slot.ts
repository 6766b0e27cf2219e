import type { Policy } from '@fulfillment/shared';
import type { CallHost, CallKind, Calls } from './calls/calls.ts';
import type { HandlerDescription } from './describe-handler.ts';

export interface CallOptions<K extends CallKind> {
  kind: K;
  input: Calls[K]['input'];
  /**
   * Answers the requests of the call.
   * @param signal ends the call: the call's own signal, or its time limit.
   */
  host: (signal: AbortSignal) => CallHost;
  /** Ends the call. The call rejects with the signal's reason at once. */
  signal: AbortSignal;
  /** How long the call may take, in ms. */
  timeLimitMs: number;
}

/** The configuration of a slot, as far as it concerns handlers. */
export interface LoadedHandlers {
  handlers: readonly HandlerDescription[];
  policy: Policy;
}

/** A place that runs the calls of handlers, one at a time. */
export interface Slot extends LoadedHandlers, Disposable {
  /**
   * Runs a call.
   * @throws what the handler throws, the reason of the signal, TimeLimitError, HandlerProcessError
   * when the call ended its process, or RunnerUnavailableError when no process can run the call.
   */
  run<K extends CallKind>(call: CallOptions<K>): Promise<Calls[K]['result']>;
  /** Gives the slot back. No call may follow. */
  [Symbol.dispose](): void;
}

/** Runs the calls of handlers. */
export interface Runner {
  /**
   * Waits for a free slot.
   * @throws the reason of the signal, or RunnerUnavailableError.
   */
  acquire(signal: AbortSignal): Promise<Slot>;
  /**
   * Loads the configuration again. Calls that run keep the configuration that they began with. If
   * the new configuration is broken, the old one stays in use.
   * @returns the new configuration.
   * @throws RunnerUnavailableError that says what is wrong with the new configuration.
   */
  reload(): Promise<LoadedHandlers>;
  /** Ends everything that the runner started. */
  close(): Promise<void>;
}
