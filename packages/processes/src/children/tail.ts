/** The last lines of an output, at most so many characters of them. */
export class Tail {
  readonly #limit: number;
  readonly #lines: string[] = [];
  #length = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(line: string): void {
    this.#lines.push(line);
    this.#length += line.length + 1;
    while (this.#length > this.#limit) this.#length -= (this.#lines.shift()?.length ?? 0) + 1;
  }

  /** What is kept; the last `count` lines of it when a count is given. */
  text(count = Number.POSITIVE_INFINITY): string {
    return this.#lines.slice(-count).join('\n');
  }
}
