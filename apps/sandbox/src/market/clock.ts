/**
 * The marketplace's time, in ms since the epoch. It runs like the real one, and control calls can
 * move it ahead.
 */
export class Clock {
  readonly #real: () => number;
  #ahead = 0;

  constructor(real: () => number = Date.now) {
    this.#real = real;
  }

  /** The lead over the real time, in ms. */
  get aheadMs(): number {
    return this.#ahead;
  }

  now(): number {
    return this.#real() + this.#ahead;
  }

  advance(ms: number): void {
    this.#ahead += ms;
  }

  reset(): void {
    this.#ahead = 0;
  }
}
