/** So many webhooks within `WINDOW_MS` are a rush. */
const RUSH = 50;
const WINDOW_MS = 250;
/** The longest that other work waits for a rush to pass, in ms: a rush that does not end must not stop orders. */
const LONGEST_WAIT_MS = 5000;

/**
 * Whether webhooks come in faster than a seller's day explains. A sender gives up on a slow answer, while reconciling what it told
 * of can wait a moment: in a rush, that work lets the answers go first.
 */
export class Rush {
  /** When the last webhooks came, in ms; a ring. */
  readonly #cameAt = new Array<number>(RUSH).fill(Number.NEGATIVE_INFINITY);
  #next = 0;

  /** A webhook came in. */
  came(): void {
    this.#cameAt[this.#next] = performance.now();
    this.#next = (this.#next + 1) % RUSH;
  }

  /** Resolves when no rush is on, or after five seconds. */
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
