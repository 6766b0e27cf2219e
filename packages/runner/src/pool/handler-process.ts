import type { HandlerLog } from '@fulfillment/handlers';
import { withoutSecrets } from '@fulfillment/shared';
import type { CallKind, Calls } from '../calls/calls.ts';
import { RunnerUnavailableError } from '../errors.ts';
import { toErrorData } from '../protocol/error-data.ts';
import { type Lines, openLines } from '../protocol/lines.ts';
import type { CallMessage, FromChild, ToChild } from '../protocol/messages.ts';
import type { CallOptions, LoadedHandlers } from '../slot.ts';
import { ActiveCall } from './active-call.ts';
import { type Child, type ChildOptions, startChild } from './child.ts';
import { errorOfEnd, outOfMemory } from './child-end.ts';
import { residentBytes } from './memory.ts';
import { Output } from './output.ts';
import type { Timings } from './timings.ts';

export interface HandlerProcessOptions extends ChildOptions {
  log: HandlerLog;
  timings: Timings;
}

const MEGABYTE = 1024 * 1024;

/** The process ended before the handler's code ran, so another process can run the call. */
export class NotBegunError extends Error {
  override readonly name = 'NotBegunError';
}

/** A process that runs the calls of handlers, one at a time. */
export class HandlerProcess {
  hasEnded = false;
  /** Since when the process has had no call, by `performance.now()`. */
  freeSince = performance.now();
  /** Called when the process can run a call again, and when it has ended. */
  onChange: () => void = () => undefined;
  /** Resolves to what the process has loaded. Rejects with RunnerUnavailableError. */
  readonly ready: Promise<LoadedHandlers>;
  readonly #options: HandlerProcessOptions;
  readonly #child: Child;
  readonly #lines: Lines<ToChild>;
  readonly #output: Output;
  readonly #starting = Promise.withResolvers<LoadedHandlers>();
  readonly #timer: NodeJS.Timeout;
  #call: ActiveCall | null = null;
  #calls = 0;
  /** Whether the last call left nothing running. */
  #isSettled = true;
  #isRetired = false;
  /** The memory of the process before its first call, in bytes. */
  #ownBytes = 0;
  #heardAt = performance.now();
  #killedFor: string | null = null;
  #fault: Extract<FromChild, { type: 'fault' }> | null = null;

  constructor(options: HandlerProcessOptions) {
    this.#options = options;
    this.ready = this.#starting.promise;
    this.ready.catch(() => undefined);
    this.#child = startChild(options);
    this.#output = new Output(this.#child, (stream, line) => this.#show(stream, line));
    this.#lines = openLines<ToChild, FromChild>(this.#child.pipe, {
      onMessage: (message) => this.#receive(message),
      onEnd: (error) => error !== null && this.kill(error.message),
    });
    const startLimit = setTimeout(
      () => this.kill(`it did not load the configuration within ${options.timings.start / 1000} s`),
      options.timings.start,
    );
    void this.ready.finally(() => clearTimeout(startLimit)).catch(() => undefined);
    this.#timer = setInterval(() => this.#check(), options.timings.ping);
    this.#timer.unref();
    void this.#child.exited.then((exit) => this.#ended(exit));
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Whether the process can run a call, once it is ready. */
  get isAvailable(): boolean {
    return !this.hasEnded && !this.#isRetired && this.#isSettled;
  }

  /** Whether the last call has ended, and its files and connections are closing. This is quick. */
  get isClosing(): boolean {
    return !this.hasEnded && !this.#isRetired && !this.#isSettled && this.#call?.isRunning === false;
  }

  /**
   * Runs a call.
   * @throws as `Slot.run` does, or NotBegunError.
   */
  async run<K extends CallKind>(options: CallOptions<K>): Promise<Calls[K]['result']> {
    if (this.hasEnded || this.#isRetired) throw new NotBegunError('the process takes no more calls');
    const number = ++this.#calls;
    const call = new ActiveCall(options, {
      blockedFor: () => performance.now() - this.#heardAt,
      abort: (reason) => {
        this.#lines.send({ type: 'abort', call: number, reason: toErrorData(reason) });
        setTimeout(() => this.#endIgnored(call), this.#options.timings.abort).unref();
      },
    });
    this.#call = call;
    this.#isSettled = false;
    this.#heardAt = performance.now();
    this.#lines.send({ type: 'call', call: number, kind: options.kind, input: options.input } as CallMessage);
    return (await call.outcome) as Calls[K]['result'];
  }

  /** Ends the process at once. The reason becomes that of the call that runs. */
  kill(reason: string): void {
    this.#killedFor ??= reason;
    this.#child.kill();
  }

  /** No call will follow. The process may finish what a handler left running, for a few seconds. */
  retire(): void {
    this.#isRetired = true;
    if (!this.#isSettled) return;
    this.#lines.send({ type: 'retire' });
    setTimeout(() => this.kill('its process is no longer needed'), this.#options.timings.retire).unref();
  }

  #endIgnored(call: ActiveCall): void {
    if (!call.isRunning) return;
    const reason = `it ignored the abort of its call for ${this.#options.timings.abort / 1000} s`;
    call.host.log.warn({ reason }, 'the process of a handler is ended');
    this.kill(reason);
  }

  #receive(message: FromChild): void {
    this.#heardAt = performance.now();
    switch (message.type) {
      case 'ready':
        this.#ownBytes = message.rss;
        this.#starting.resolve({ handlers: message.handlers, policy: message.policy });
        return;
      case 'unready':
        this.#isRetired = true;
        this.#starting.reject(new RunnerUnavailableError(withoutSecrets(message.reason)));
        return;
      case 'pong':
        this.#checkMemory(message.rss);
        return;
      case 'fault':
        this.#fault = message;
        return;
      default:
        if (this.#call !== null && message.call === this.#calls) this.#receiveOfCall(this.#call, message);
    }
  }

  #receiveOfCall(call: ActiveCall, message: Extract<FromChild, { call: number }>): void {
    switch (message.type) {
      case 'begun':
        call.hasBegun = true;
        return;
      case 'log':
        call.host.log[message.level](message.fields, message.message);
        return;
      case 'request':
        void call.answerer
          .answer(message)
          .then((outcome) => this.#lines.send({ type: 'reply', request: message.request, outcome }));
        return;
      case 'result':
        call.settle(message.outcome);
        return;
      case 'idle':
        this.#settled(call, message);
    }
  }

  #settled(call: ActiveCall, { leftovers, rss }: { leftovers: readonly string[]; rss: number }): void {
    if (leftovers.length > 0) {
      const kinds = [...new Set(leftovers)].join(', ');
      call.host.log.warn({ leftovers: kinds }, 'the handler left work running: its process is replaced');
    }
    const isFull = this.#isHalfFull(rss);
    if (isFull) {
      const memoryMb = Math.round(rss / MEGABYTE);
      call.host.log.info({ memoryMb }, 'the handler left much memory in use: its process is replaced');
    }
    this.#isSettled = true;
    this.freeSince = performance.now();
    if (leftovers.length > 0 || isFull || this.#isRetired) this.retire();
    this.onChange();
  }

  /**
   * Whether earlier calls left the next call less than half of the memory. The memory limit would
   * end that call for what other orders kept.
   */
  #isHalfFull(bytes: number): boolean {
    const limit = this.#options.memoryMb * MEGABYTE;
    return bytes - this.#ownBytes > (limit - this.#ownBytes) / 2;
  }

  #check(): void {
    if (this.#call?.isRunning !== true || this.hasEnded) return;
    this.#lines.send({ type: 'ping' });
    const { pid } = this.#child;
    // A blocked child does not answer, and may still fill the memory.
    const bytes = pid === undefined ? null : residentBytes(pid);
    if (bytes !== null) this.#checkMemory(bytes);
  }

  #checkMemory(bytes: number): void {
    const { memoryMb } = this.#options;
    if (bytes > memoryMb * MEGABYTE) this.kill(outOfMemory(memoryMb));
  }

  #ended({ code, signal, error }: Awaited<Child['exited']>): void {
    this.hasEnded = true;
    clearInterval(this.#timer);
    this.#lines.close();
    const { memoryMb, log } = this.#options;
    const lastLines = this.#output.lastLines();
    const killedFor =
      error === undefined ? this.#killedFor : `its process could not be started: ${error.message}`;
    const end = errorOfEnd({ code, signal, killedFor, fault: this.#fault, lastLines, memoryMb });
    this.#starting.reject(new RunnerUnavailableError(end.message));
    const call = this.#call;
    if (call?.isRunning) call.fail(call.hasBegun ? end : new NotBegunError(end.message));
    else if (!this.#isRetired && this.#killedFor === null)
      log.warn({ reason: end.message }, 'an idle process of handlers ended');
    this.onChange();
  }

  #show(stream: 'stdout' | 'stderr', line: string): void {
    const log = this.#call?.host.log ?? this.#options.log;
    log[stream === 'stderr' ? 'warn' : 'info']({ stream }, withoutSecrets(line));
  }
}
