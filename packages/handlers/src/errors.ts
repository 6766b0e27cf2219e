/** Throw it from a handler when trying again cannot help: a human is asked at once. */
export class PermanentError extends Error {
  override readonly name = 'PermanentError';
}

/** What a handler gave cannot be delivered. */
export class InvalidOutputError extends Error {
  override readonly name = 'InvalidOutputError';
}

const SHORTEST_WAIT = 1;
const LONGEST_WAIT = 3600;
const UNKNOWN_WAIT = 60;

/**
 * Throw it from a handler when a service says when to come again. The step waits for so long, without using one of the handler's tries and
 * without holding the worker.
 */
export class RetryLaterError extends Error {
  override readonly name = 'RetryLaterError';
  /** From 1 to 3600: what asks for longer is asked again each hour. */
  readonly seconds: number;

  constructor(seconds: number, message = `asked to wait for ${seconds} s`, options?: ErrorOptions) {
    super(message, options);
    this.seconds = Number.isFinite(seconds)
      ? Math.min(Math.max(seconds, SHORTEST_WAIT), LONGEST_WAIT)
      : UNKNOWN_WAIT;
  }
}

/**
 * What a `Retry-After` says, in seconds.
 * @param value a number of seconds, or a date.
 * @returns null when it says nothing.
 */
export function retryAfterSeconds(value: string | null | undefined, now: number = Date.now()): number | null {
  const text = value?.trim() ?? '';
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text);
  const date = /^[A-Za-z]/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? null : Math.max(0, (date - now) / 1000);
}
/** The disk of a folder of ours did not take a file: it is full, or not to be written to. */
export class DiskError extends Error {
  override readonly name = 'DiskError';

  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}
