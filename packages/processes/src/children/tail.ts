/** The last lines of an output, up to a limit of characters. */
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

  /** The kept lines. With a `count`, only the last `count` lines. */
  text(count = Number.POSITIVE_INFINITY): string {
    return this.#lines.slice(-count).join('\n');
  }
}
