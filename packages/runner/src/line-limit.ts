/** The most lines that pass in a second. */
const LINES_A_SECOND = 200;

/** Drops the lines of a source that prints or logs without end, and says how many. */
export class LineLimit {
  readonly #onDropped: (count: number) => void;
  #second = 0;
  #passed = 0;
  #dropped = 0;

  /** @param onDropped called once for each second with dropped lines. */
  constructor(onDropped: (count: number) => void) {
    this.#onDropped = onDropped;
  }

  /** @returns whether the next line may pass. */
  take(): boolean {
    const second = Math.floor(performance.now() / 1000);
    if (second !== this.#second) {
      if (this.#dropped > 0) this.#onDropped(this.#dropped);
      this.#second = second;
      this.#passed = 0;
      this.#dropped = 0;
    }
    if (this.#passed < LINES_A_SECOND) {
      this.#passed += 1;
      return true;
    }
    this.#dropped += 1;
    return false;
  }
}
