/** After a failure, follow-ups get jobs of their own for this time, in ms. */
const REST_MS = 60_000;
/** A follow-up usually takes a few ms. One that takes this long holds its worker, in ms. */
const SLOW_MS = 1000;

/**
 * Decides when a follow-up may hold the worker of a step that has ended. While the marketplace is
 * slow or fails, follow-ups must not take the workers from the jobs that wait for them.
 *
 * Whether such jobs wait is not asked. In a rush they always wait for some ms. Each order would
 * then cost the job that follow-ups save, although nothing is slow.
 */
export class FollowUpSlots {
  /** When the running follow-ups began, by the clock of `performance`. */
  readonly #running = new Set<{ readonly begunAt: number }>();
  #restUntil = 0;
  /** Whether the last follow-up that ended has succeeded. Otherwise one at a time runs. */
  #isProven = false;

  /** Whether another follow-up may begin. */
  isOpen(): boolean {
    const now = performance.now();
    if (now < this.#restUntil) return false;
    if (!this.#isProven) return this.#running.size === 0;
    return [...this.#running].every(({ begunAt }) => now - begunAt < SLOW_MS);
  }

  /** Runs a follow-up in a slot. */
  async hold<T>(work: () => Promise<T>): Promise<T> {
    const slot = { begunAt: performance.now() };
    this.#running.add(slot);
    try {
      return await work();
    } finally {
      this.#running.delete(slot);
    }
  }

  /** The marketplace answered a follow-up. */
  prove(): void {
    this.#isProven = true;
  }

  /** A follow-up failed, so the next ones would hold their workers for as long. */
  rest(): void {
    this.#isProven = false;
    this.#restUntil = performance.now() + REST_MS;
  }
}
