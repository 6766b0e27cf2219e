/** The longest delay that timers accept: about 24.8 days. */
const MAX_TIMER_MS = 2_147_483_647;

/**
 * The end of one call: its time-out or its caller's signal, whichever comes first. It remembers
 * which of the two ended the call, even when the lower layer reports the abort differently.
 */
export class Deadline {
  readonly #controller = new AbortController();
  readonly #timer: ReturnType<typeof setTimeout>;
  readonly #caller: AbortSignal | undefined;
  #endedBy: 'caller' | 'timeout' | undefined;

  /** Starts the clock. `timeout` is in milliseconds. */
  constructor(timeout: number, caller: AbortSignal | undefined) {
    this.#caller = caller;
    this.#timer = setTimeout(() => this.#end('timeout'), Math.min(timeout, MAX_TIMER_MS));
    if (caller?.aborted) this.#end('caller');
    else caller?.addEventListener('abort', this.#onCallerAbort, { once: true });
  }

  /** Aborts when the deadline comes. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** The reason why the call ended, or undefined before its end. */
  get endedBy(): 'caller' | 'timeout' | undefined {
    return this.#endedBy;
  }

  /** Settles as `work` does, or rejects at the deadline even if `work` does not heed the signal. */
  race<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const onAbort = () => reject(this.signal.reason);
      if (this.signal.aborted) onAbort();
      else this.signal.addEventListener('abort', onAbort, { once: true });
      work.then(resolve, reject).finally(() => this.signal.removeEventListener('abort', onAbort));
    });
  }

  /** Stops the clock and releases the caller's signal. */
  clear(): void {
    clearTimeout(this.#timer);
    this.#caller?.removeEventListener('abort', this.#onCallerAbort);
  }

  readonly #onCallerAbort = (): void => this.#end('caller');

  #end(by: 'caller' | 'timeout'): void {
    this.#endedBy ??= by;
    this.#controller.abort(by === 'caller' ? this.#caller?.reason : undefined);
  }
}

/** Resolves after `ms`, or at once when the signal aborts. */
export function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const finish = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', finish);
      resolve();
    };
    const timer = setTimeout(finish, ms);
    signal?.addEventListener('abort', finish, { once: true });
  });
}
