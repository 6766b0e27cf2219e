/** The limits of a cache. */
interface Limits {
  /** How many results are kept. At the limit the cache forgets all of them at once. */
  most: number;
  /** Longer texts are rare, and would take much memory. In UTF-16 units. */
  longest: number;
}

/** Parses stored texts, and keeps the results by their text. The results must not be changed. */
export class TextCache<T> {
  readonly #parse: (text: string) => T;
  readonly #limits: Limits;
  readonly #kept = new Map<string, T>();

  constructor(parse: (text: string) => T, limits: Limits) {
    this.#parse = parse;
    this.#limits = limits;
  }

  read(text: string): T {
    const known = this.#kept.get(text);
    if (known !== undefined) return known;
    const read = this.#parse(text);
    if (text.length <= this.#limits.longest) {
      if (this.#kept.size >= this.#limits.most) this.#kept.clear();
      this.#kept.set(text, read);
    }
    return read;
  }
}
