/**
 * How long a worker waits after an error reply of Redis, in ms. The wait doubles while errors go
 * on.
 */
const FIRST_MS = 100;
const LONGEST_MS = 2000;

/**
 * Paces requests to a Redis that replies with errors. Errors during one wait count once, because
 * they have one cause.
 */
export class Backoff {
  #waitMs = 0;
  #until = 0;

  /** Records an error. The next request waits. */
  note(now: number = performance.now()): void {
    if (now < this.#until) return;
    const isGoingOn = now - this.#until < 2 * LONGEST_MS;
    this.#waitMs = this.#waitMs > 0 && isGoingOn ? Math.min(this.#waitMs * 2, LONGEST_MS) : FIRST_MS;
    this.#until = now + this.#waitMs;
  }

  /** How long the next request waits, in ms. 0: the request may go. */
  left(now: number = performance.now()): number {
    return Math.max(0, this.#until - now);
  }
}
