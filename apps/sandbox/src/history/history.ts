import type { ApiCall, WebhookAttempt } from './entries.ts';

/** A sandbox may run for days, so the history drops the oldest entries. */
export const LONGEST_HISTORY = 20_000;

/** Every call that the marketplace received and every webhook that it tried, in order. */
export class History {
  readonly #longest: number;
  #calls: ApiCall[] = [];
  #webhooks: WebhookAttempt[] = [];

  /** @param longest the limit on calls, and the limit on webhooks. */
  constructor(longest: number = LONGEST_HISTORY) {
    this.#longest = longest;
  }

  get calls(): readonly ApiCall[] {
    return this.#calls;
  }

  get webhooks(): readonly WebhookAttempt[] {
    return this.#webhooks;
  }

  /** Adds a call. @returns the entry, to be completed when the call ends. */
  begin(call: Omit<ApiCall, 'status' | 'took_effect' | 'fault' | 'latency_ms' | 'body'>): ApiCall {
    const entry: ApiCall = {
      ...call,
      status: 0,
      took_effect: false,
      fault: null,
      latency_ms: 0,
      body: null,
    };
    this.#keep(this.#calls, entry);
    return entry;
  }

  noteWebhook(attempt: WebhookAttempt): void {
    this.#keep(this.#webhooks, attempt);
  }

  reset(): void {
    this.#calls = [];
    this.#webhooks = [];
  }

  #keep<T>(entries: T[], entry: T): void {
    entries.push(entry);
    if (entries.length > this.#longest) entries.splice(0, entries.length - this.#longest);
  }
}
