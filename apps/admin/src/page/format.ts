const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A time in ms since the epoch as `2026-11-23 13:04:05 UTC`. */
export function utc(ms: number): string {
  const date = new Date(ms);
  if (Number.isNaN(date.getTime())) return 'no time';
  return `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/**
 * A length of time in ms, in its two largest units. Examples: `450 ms`, `12 s`, `3 min 5 s`,
 * `2 h 10 min`, `4 d 1 h`.
 */
export function duration(ms: number): string {
  const length = Math.max(0, Math.round(ms));
  if (length < SECOND) return `${length} ms`;
  if (length < MINUTE) return `${Math.floor(length / SECOND)} s`;
  if (length < HOUR) return pair(length, [MINUTE, 'min'], [SECOND, 's']);
  if (length < DAY) return pair(length, [HOUR, 'h'], [MINUTE, 'min']);
  return pair(length, [DAY, 'd'], [HOUR, 'h']);
}

/**
 * A length of time in ms for lists, as exact as a person needs it: `under a minute`, `3 min`,
 * `2 h 10 min`, `21 h`, `4 d 1 h`, `12 d`.
 */
export function roughly(ms: number): string {
  if (ms < MINUTE) return 'under a minute';
  const unit = ms < 10 * HOUR ? MINUTE : ms < 7 * DAY ? HOUR : DAY;
  return duration(Math.floor(ms / unit) * unit);
}

/** An event that just happened may be a moment ahead by the clock of Redis, in ms. */
const CLOCK_DIFFERENCE = 2000;

/** The distance of a time from now, in both directions: `in 3 h`, `3 h ago`. */
export function fromNow(ms: number, now: number): string {
  if (Math.abs(ms - now) < MINUTE) return ms >= now + CLOCK_DIFFERENCE ? 'within a minute' : 'just now';
  return ms >= now ? `in ${roughly(ms - now)}` : `${roughly(now - ms)} ago`;
}

/** A size in bytes: `450 B`, `1.2 MB`, `3 GB`. A kilobyte has 1000 bytes. */
export function bytes(size: number): string {
  const index = size < 1 ? 0 : Math.min(UNITS_OF_SIZE.length - 1, Math.floor(Math.log10(size) / 3));
  const value = size / 1000 ** index;
  return `${value < 10 && index > 0 ? value.toFixed(1) : Math.round(value)} ${UNITS_OF_SIZE[index]}`;
}

const UNITS_OF_SIZE = ['B', 'kB', 'MB', 'GB', 'TB'];

/** `1 order`, `2 orders`. */
export function count(number: number, noun: string): string {
  return `${number.toLocaleString('en-US')} ${noun}${number === 1 ? '' : 's'}`;
}

/** The ms of a unit of time, and its name. */
type Unit = readonly [ms: number, name: string];

function pair(length: number, [unit, name]: Unit, [smaller, smallerName]: Unit): string {
  const rest = Math.floor((length % unit) / smaller);
  return `${Math.floor(length / unit)} ${name}${rest > 0 ? ` ${rest} ${smallerName}` : ''}`;
}
