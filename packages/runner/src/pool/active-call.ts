import type { CallHost, CallKind } from '../calls/calls.ts';
import { TimeLimitError } from '../errors.ts';
import { toError } from '../protocol/error-data.ts';
import type { Outcome } from '../protocol/messages.ts';
import type { CallOptions } from '../slot.ts';
import { RequestAnswerer } from './answer-request.ts';

/** How a call reaches its child. */
interface CallLink {
  /** Aborts the call's signal in the child. */
  abort: (reason: unknown) => void;
  /** For how long the child's event loop has not turned, in ms. */
  blockedFor: () => number;
}

/** A shorter pause of the event loop is ordinary. */
const BLOCKED_MS = 3000;

/** A call that a child runs, or ran last. */
export class ActiveCall {
  readonly host: CallHost;
  readonly answerer: RequestAnswerer;
  /** What the caller waits for: the result, or the first reason to stop waiting. */
  readonly outcome: Promise<unknown>;
  /** Whether the handler's code has run. */
  hasBegun = false;
  /** Whether the child still works on the call, even if nobody waits any more. */
  isRunning = true;
  readonly #settlers = Promise.withResolvers<unknown>();
  readonly #timer: NodeJS.Timeout;
  /** Ends the requests of the call. */
  readonly #ending = new AbortController();
  readonly #signal: AbortSignal;
  readonly #link: CallLink;

  constructor({ host, signal, timeLimitMs }: CallOptions<CallKind>, link: CallLink) {
    this.host = host(this.#ending.signal);
    this.answerer = new RequestAnswerer(this.host);
    this.outcome = this.#settlers.promise;
    this.#signal = signal;
    this.#link = link;
    this.#timer = setTimeout(() => this.#abort(this.#overTime(timeLimitMs)), timeLimitMs);
    signal.addEventListener('abort', this.#onAbort, { once: true });
    if (signal.aborted) this.#onAbort();
  }

  /** The child is done with the call. */
  settle(outcome: Outcome<unknown>): void {
    if ('error' in outcome) this.#settlers.reject(toError(outcome.error));
    else this.#settlers.resolve(outcome.value);
    this.#end();
  }

  /** The child has ended. */
  fail(error: Error): void {
    this.#settlers.reject(error);
    this.#end();
  }

  readonly #onAbort = () => this.#abort(this.#signal.reason);

  /** The caller goes on at once. The child may use the time until its own limit to clean up. */
  #abort(reason: unknown): void {
    this.#settlers.reject(reason);
    this.#ending.abort(reason);
    this.#stopWaiting();
    this.#link.abort(reason);
  }

  #overTime(limitMs: number): TimeLimitError {
    const blockedMs = this.#link.blockedFor();
    const blocked =
      blockedMs < BLOCKED_MS
        ? ''
        : `, and has blocked its process for ${Math.round(blockedMs / 1000)} s, so that it could not be asked to stop`;
    return new TimeLimitError(`took longer than its time limit of ${limitMs / 1000} s${blocked}`);
  }

  #end(): void {
    this.isRunning = false;
    this.#stopWaiting();
    // A file that cannot be removed now is removed with the system's temporary files.
    this.answerer.end().catch(() => undefined);
  }

  #stopWaiting(): void {
    clearTimeout(this.#timer);
    this.#signal.removeEventListener('abort', this.#onAbort);
  }
}
