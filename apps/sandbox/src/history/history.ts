import type { ApiCall, WebhookAttempt } from './entries.ts';

/** A sandbox may run for days: the oldest entries are let go. */
const LONGEST = 20_000;

/** Every call the marketplace was asked and every webhook it tried, in order. */
export class History {
  #calls: ApiCall[] = [];
  #webhooks: WebhookAttempt[] = [];

  get calls(): readonly ApiCall[] {
    return this.#calls;
  }

  get webhooks(): readonly WebhookAttempt[] {
    return this.#webhooks;
  }

  /** @returns the entry, to be completed when the call ends. */
  begin(call: Omit<ApiCall, 'status' | 'took_effect' | 'fault' | 'body'>): ApiCall {
    const entry: ApiCall = { ...call, status: 0, took_effect: false, fault: null, body: null };
    keep(this.#calls, entry);
    return entry;
  }

  noteWebhook(attempt: WebhookAttempt): void {
    keep(this.#webhooks, attempt);
  }

  reset(): void {
    this.#calls = [];
    this.#webhooks = [];
  }
}

function keep<T>(entries: T[], entry: T): void {
  entries.push(entry);
  if (entries.length > LONGEST) entries.splice(0, entries.length - LONGEST);
}
