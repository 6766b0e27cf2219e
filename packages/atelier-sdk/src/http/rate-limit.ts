import type { RateLimitDetails } from '../errors.ts';

const DEFAULT_SECONDS = 60;
const MAX_SECONDS = 86_400;

const HTTP_DATE = /^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,? .*\d{2}:\d{2}:\d{2}/i;

/**
 * The seconds of a Retry-After, clamped to 0..86400. The header can be a number or an HTTP date
 * (relative to `now`, in milliseconds). Undefined when it is missing or neither.
 */
export function parseRetryAfter(value: string | null | undefined, now: number): number | undefined {
  const text = value?.trim() ?? '';
  if (/^[+-]?\d+(?:\.\d+)?$/.test(text)) return clampSeconds(Number(text));
  if (!HTTP_DATE.test(text)) return undefined;
  // The asctime form has no zone and means GMT as the others do.
  const at = Date.parse(/gmt$/i.test(text) ? text : `${text} GMT`);
  return Number.isNaN(at) ? undefined : clampSeconds((at - now) / 1000);
}

/**
 * The data in the headers of a 429. Without Retry-After, `retryAfter` is the time to the end of the
 * window.
 */
export function rateLimitDetails(
  headers: { get(name: string): string | null },
  localNow: number,
): RateLimitDetails & { retryAfter: number } {
  // Both times come from the marketplace's clock. We therefore compare them with that clock if its
  // time is known.
  const now = Date.parse(headers.get('date') ?? '') || localNow;
  const resetSeconds = wholeNumber(headers.get('x-ratelimit-reset'));
  const untilReset = resetSeconds === undefined ? 0 : clampSeconds(resetSeconds - now / 1000);
  return {
    retryAfter: parseRetryAfter(headers.get('retry-after'), now) ?? (untilReset || DEFAULT_SECONDS),
    limit: wholeNumber(headers.get('x-ratelimit-limit')),
    remaining: wholeNumber(headers.get('x-ratelimit-remaining')),
    resetAt: resetSeconds === undefined ? undefined : new Date(resetSeconds * 1000),
  };
}

function clampSeconds(seconds: number): number {
  return Math.min(Math.max(Math.ceil(seconds), 0), MAX_SECONDS);
}

/** Up to 12 digits, so that a time in seconds always makes a valid date. */
function wholeNumber(value: string | null): number | undefined {
  return value !== null && /^\d{1,12}$/.test(value.trim()) ? Number(value) : undefined;
}
