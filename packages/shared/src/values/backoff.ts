/** How a wait between attempts grows, in any unit of time. */
export interface Backoff {
  /** The wait after the first failure. */
  first: number;
  /** The wait doubles up to this. */
  longest: number;
}

/** More doublings would only exceed every limit. */
const MOST_DOUBLINGS = 30;

/**
 * The wait before the next attempt, which doubles with each failure in a row.
 * @param failures how many failures in a row came before the last one. 0 gives the first wait.
 * @returns the wait, in the unit of the limits.
 */
export function backoffWait({ first, longest }: Backoff, failures: number): number {
  return Math.min(first * 2 ** Math.min(failures, MOST_DOUBLINGS), longest);
}

/**
 * Spreads a wait by a quarter in both directions, so that attempts that failed together do not come
 * back together.
 * @param random from 0 up to, but not including, 1.
 */
export function withJitter(wait: number, random: number): number {
  return wait * (0.75 + random * 0.5);
}
