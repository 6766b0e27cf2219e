export { InvalidOutputError, PermanentError } from '@fulfillment/artifacts';

const SHORTEST_WAIT = 1;
const LONGEST_WAIT = 3600;
const UNKNOWN_WAIT = 60;

/**
 * Throw it from a handler when a service says when to come again. The step waits for that time,
 * without using an attempt of the handler and without holding the worker.
 */
export class RetryLaterError extends Error {
  override readonly name = 'RetryLaterError';
  /** From 1 to 3600. A service that asks for a longer wait is asked again each hour. */
  readonly seconds: number;

  constructor(seconds: number, message = `asked to wait for ${seconds} s`, options?: ErrorOptions) {
    super(message, options);
    this.seconds = Number.isFinite(seconds)
      ? Math.min(Math.max(seconds, SHORTEST_WAIT), LONGEST_WAIT)
      : UNKNOWN_WAIT;
  }
}

/**
 * The wait that a `Retry-After` header asks for, in seconds.
 * @param value a number of seconds, or a date.
 * @returns null when the header names no time.
 */
export function retryAfterSeconds(value: string | null | undefined, now: number = Date.now()): number | null {
  const text = value?.trim() ?? '';
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text);
  const date = /^[A-Za-z]/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? null : Math.max(0, (date - now) / 1000);
}
