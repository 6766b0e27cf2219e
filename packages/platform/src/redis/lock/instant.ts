/** A moment by both clocks of this machine, in ms. */
export interface Instant {
  /** By `performance.now()`, which stops while some machines sleep. */
  steady: number;
  /** By `Date.now()`, which people and time servers set. */
  wall: number;
}

/** The current moment. */
export function thisInstant(): Instant {
  return { steady: performance.now(), wall: Date.now() };
}

/** The time since a moment, in ms, by the clock that shows more. It is never too short. */
export function elapsedSince({ steady, wall }: Instant): number {
  return Math.max(performance.now() - steady, Date.now() - wall);
}
