/** Longer overflows a timer of Node.js, which then fires at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * A wait that fits a timer, in ms. A caller that waits for longer checks the time again when the
 * timer fires.
 */
export function timerMs(ms: number): number {
  return Math.min(Math.max(0, ms), LONGEST_TIMER_MS);
}
