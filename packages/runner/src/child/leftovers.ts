import { setTimeout as delay } from 'node:timers/promises';

/** Connections and files close within these waits after a call, in ms. */
const WAITS = [0, 10, 50, 250];

/**
 * Finds what a call left running in its process: timers, connections, programs. Such work could
 * fail later, and would then hurt the order of the next call.
 */
export class Leftovers {
  /** What ran before the first call: that of the configuration itself. */
  readonly #own = process.getActiveResourcesInfo();

  /**
   * @param isStale ends the search, because the next call has begun.
   * @returns the kinds of what still runs, each as often as it does.
   */
  async find(isStale: () => boolean): Promise<string[]> {
    let found = this.#now();
    for (const wait of WAITS) {
      if (found.length === 0 || isStale()) break;
      await delay(wait, undefined, { ref: false });
      found = this.#now();
    }
    return found;
  }

  #now(): string[] {
    const own = [...this.#own];
    return process.getActiveResourcesInfo().filter((kind) => {
      const index = own.indexOf(kind);
      if (index < 0) return !OURS.has(kind);
      own.splice(index, 1);
      return false;
    });
  }
}

/** Resources of the pipe to the parent and of the standard streams. */
const OURS = new Set(['PipeWrap', 'ShutdownWrap', 'WriteWrap', 'TTYWrap', 'Immediate']);
