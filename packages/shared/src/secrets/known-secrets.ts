import { KINDS, MARK } from './secret-kinds.ts';

/** A shorter value may be a word, and would be removed from every text that contains the word. */
const LEAST_LENGTH = 8;
const LOOKS = KINDS.map(({ own }) => own.source);
const KEPT = LOOKS.map((_, index) => `$${index + 1}`).join('');

/** The secrets that texts must not show, whatever they look like. */
export class KnownSecrets {
  readonly #known = new Set<string>();
  #pattern = patternOf([]);

  /**
   * Remembers values that no text may show from now on. Ignores absent values, values shorter than
   * 8 characters, and numbers.
   */
  keep(...values: readonly (string | null | undefined)[]): void {
    const before = this.#known.size;
    for (const value of values) {
      if (value === null || value === undefined || value.length < LEAST_LENGTH || /^\d+$/.test(value))
        continue;
      // The value itself, its form in a line of JSON, and its form in a URL.
      for (const form of [value, JSON.stringify(value).slice(1, -1), encodeURIComponent(value)])
        this.#known.add(form);
    }
    if (this.#known.size > before) this.#pattern = patternOf(this.#known);
  }

  /** Whether a text contains a known secret. A mere resemblance to a secret does not count. */
  isIn(text: string): boolean {
    return [...this.#known].some((value) => text.includes(value));
  }

  /** Removes known secrets, and everything that looks like a secret, from a text. */
  redact(text: string): string {
    return text.replace(this.#pattern, `${KEPT}${MARK}`);
  }
}

/**
 * Builds one pattern for all secrets, since every line of the log goes through it. The longest
 * secret comes first, because one secret may begin with another.
 */
function patternOf(known: Iterable<string>): RegExp {
  const values = [...known].sort((a, b) => b.length - a.length).map(escaped);
  return new RegExp([...values, ...LOOKS].join('|'), 'g');
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
}
