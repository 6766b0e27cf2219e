/** Runs work after a delay. Pending work does not keep the process alive. */
export class Timers {
  readonly #pending = new Set<NodeJS.Timeout>();

  after(ms: number, work: () => void): void {
    const timer = setTimeout(() => {
      this.#pending.delete(timer);
      work();
    }, ms);
    timer.unref();
    this.#pending.add(timer);
  }

  /** Drops the pending work. */
  cancel(): void {
    for (const timer of this.#pending) clearTimeout(timer);
    this.#pending.clear();
  }
}
