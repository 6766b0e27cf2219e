import { type Backoff, backoffWait } from '@fulfillment/shared';

/** How long a worker waits after an error reply of Redis, in ms. */
const BACKOFF_MS: Backoff = { first: 100, longest: 2000 };

/**
 * Paces requests to a Redis that replies with errors. Errors during one wait count once, because
 * they have one cause.
 */
export class RequestPacer {
  #failures = 0;
  #until = Number.NEGATIVE_INFINITY;

  /** Records an error. The next request waits. */
  noteError(now: number = performance.now()): void {
    if (now < this.#until) return;
    const isGoingOn = now - this.#until < 2 * BACKOFF_MS.longest;
    this.#failures = isGoingOn ? this.#failures + 1 : 0;
    this.#until = now + backoffWait(BACKOFF_MS, this.#failures);
  }

  /** How long the next request waits, in ms. 0: the request may go. */
  msLeft(now: number = performance.now()): number {
    return Math.max(0, this.#until - now);
  }
}
