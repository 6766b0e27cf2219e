/** This many webhooks within `WINDOW_MS` are a rush. */
const RUSH = 50;
const WINDOW_MS = 250;
/**
 * The longest time that other work waits for a rush to pass, in ms. A rush that does not end must
 * not stop orders.
 */
const LONGEST_WAIT_MS = 5000;

/**
 * Detects whether webhooks come in faster than a seller's day explains. A sender gives up on a slow
 * answer, while the reconciling of its orders can wait a moment. During a rush, reconciling waits
 * until the answers are sent.
 */
export class Rush {
  /** The arrival times of the last webhooks, in ms, as a ring buffer. */
  readonly #cameAt = new Array<number>(RUSH).fill(Number.NEGATIVE_INFINITY);
  #next = 0;

  /** Records that a webhook arrived. */
  came(): void {
    this.#cameAt[this.#next] = performance.now();
    this.#next = (this.#next + 1) % RUSH;
  }

  /** Resolves when there is no rush, or after five seconds. */
  async passed(): Promise<void> {
    const latest = performance.now() + LONGEST_WAIT_MS;
    while (this.#isOn() && performance.now() < latest) {
      await new Promise((resolve) => setTimeout(resolve, WINDOW_MS / 2));
    }
  }

  #isOn(): boolean {
    const oldest = this.#cameAt[this.#next] ?? Number.NEGATIVE_INFINITY;
    return performance.now() - oldest < WINDOW_MS;
  }
}
