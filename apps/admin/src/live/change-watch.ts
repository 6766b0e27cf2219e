import type { Logger } from '@fulfillment/platform';

/**
 * Watches a fingerprint of everything that pages show, and tells the open pages when it changes.
 * One watch serves all pages of the process, and rests while no page is open.
 */
export class ChangeWatch {
  readonly #fingerprint: () => Promise<string>;
  readonly #periodMs: number;
  readonly #log: Logger;
  readonly #listeners = new Set<() => void>();
  /** Listeners that came after the last reading: a change may have come between page and watch. */
  readonly #newcomers = new Set<() => void>();
  #timer: NodeJS.Timeout | undefined;
  #last: string | null = null;

  /** @param periodMs the pause between two readings of the fingerprint. */
  constructor(fingerprint: () => Promise<string>, periodMs: number, log: Logger) {
    this.#fingerprint = fingerprint;
    this.#periodMs = periodMs;
    this.#log = log;
  }

  /**
   * Calls the listener after each change, and once after the next reading.
   * @returns the function that ends the subscription.
   */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    this.#newcomers.add(listener);
    this.#schedule();
    return () => {
      this.#listeners.delete(listener);
      this.#newcomers.delete(listener);
      if (this.#listeners.size === 0) this.#rest();
    };
  }

  #schedule(): void {
    this.#timer ??= setTimeout(() => void this.#check(), this.#periodMs);
  }

  #rest(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#last = null;
  }

  async #check(): Promise<void> {
    try {
      const found = await this.#fingerprint();
      const isChange = this.#last !== null && found !== this.#last;
      this.#last = found;
      for (const listener of isChange ? this.#listeners : this.#newcomers) listener();
      this.#newcomers.clear();
    } catch (err) {
      // Redis is unreachable, and the page says so itself. The next reading may succeed.
      this.#log.debug({ err }, 'the changes for open pages cannot be read');
    }
    this.#timer = undefined;
    if (this.#listeners.size > 0) this.#schedule();
  }
}
