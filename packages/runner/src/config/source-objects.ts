import { type Token, tokensOf } from './source-tokens.ts';

/** A property of an object, or an element of a list. Both are indexes of tokens. */
interface Entry {
  at: number;
  value: number;
}

const CLOSING: Record<string, string | undefined> = { '(': ')', '[': ']', '{': '}' };
/** The value of these calls is their argument. */
const DEFINITION = /^define(?:Config|Handler)$/;

/** The objects and lists that a source file spells out. */
export class SourceObjects {
  readonly tokens: readonly Token[];
  /** The end of each bracket, by the index of its begin. */
  readonly #ends: ReadonlyMap<number, number>;

  constructor(source: string) {
    this.tokens = tokensOf(source);
    this.#ends = endsOf(this.tokens);
  }

  /** Where a bracket ends. A bracket without an end reaches to the end of the file. */
  endOf(open: number): number {
    return this.#ends.get(open) ?? this.tokens.length;
  }

  isSign(index: number, sign: string): boolean {
    const token = this.tokens[index];
    return token?.kind === 'sign' && token.content === sign;
  }

  isWord(index: number, word: string): boolean {
    const token = this.tokens[index];
    return token?.kind === 'word' && token.content === word;
  }

  /** The index of the value of `export default`, or null when the file has none. */
  defaultExport(): number | null {
    const at = this.#topLevel().find(
      (index) => this.isWord(index, 'export') && this.isWord(index + 1, 'default'),
    );
    return at === undefined ? null : at + 2;
  }

  /**
   * Follows a path of keys and indexes into a value, as far as the file spells the value out.
   * @returns the token of the last key or element, and whether the whole path was found.
   */
  follow(start: number, path: readonly PropertyKey[]): Entry & { isWhole: boolean } {
    let entry: Entry = { at: start, value: start };
    for (const part of path) {
      const inner = this.#entryOf(this.#resolve(entry.value), part);
      if (inner === undefined) return { ...entry, isWhole: false };
      entry = inner;
    }
    return { ...entry, isWhole: true };
  }

  /** The content of a plain string, or null for any other value. */
  textAt(value: number): string | null {
    const token = this.tokens[this.#resolve(value) ?? -1];
    return token?.kind === 'text' ? token.content : null;
  }

  /** The index of the token that begins an object, a list or a string. */
  #resolve(value: number, seen: readonly number[] = []): number | undefined {
    const token = this.tokens[value];
    if (token === undefined || seen.includes(value)) return undefined;
    if (token.kind === 'sign') return /[{[]/.test(token.content) ? value : undefined;
    // A string that is part of an expression is not the whole value.
    if (token.kind === 'text') return this.#isValueEnd(value + 1) ? value : undefined;
    if (this.isSign(value + 1, '(')) {
      return DEFINITION.test(token.content) ? this.#resolve(value + 2, [...seen, value]) : undefined;
    }
    if (!this.#isValueEnd(value + 1)) return undefined;
    const declared = this.#declarationOf(token.content);
    return declared === undefined ? undefined : this.#resolve(declared, [...seen, value]);
  }

  #isValueEnd(index: number): boolean {
    const token = this.tokens[index];
    return token === undefined || token.kind === 'word' || /^[,;)\]}]$/.test(token.content);
  }

  /** The value of a variable that the file declares outside every function. */
  #declarationOf(name: string): number | undefined {
    const topLevel = this.#topLevel();
    const at = topLevel.findIndex(
      (index) =>
        this.isWord(index + 1, name) && ['const', 'let', 'var'].some((word) => this.isWord(index, word)),
    );
    const equals = at < 0 ? undefined : topLevel.slice(at).find((index) => this.isSign(index, '='));
    return equals === undefined ? undefined : equals + 1;
  }

  #topLevel(): number[] {
    return this.#between(-1, this.tokens.length);
  }

  /** The tokens between two others, without the content of brackets. */
  #between(open: number, end: number): number[] {
    const indexes: number[] = [];
    for (let index = open + 1; index < end; index += 1) {
      indexes.push(index);
      if (this.#ends.has(index)) index = this.endOf(index) - 1;
    }
    return indexes;
  }

  #entryOf(open: number | undefined, part: PropertyKey): Entry | undefined {
    if (open === undefined) return undefined;
    const inside = this.#between(open, this.endOf(open));
    const starts = [open, ...inside.filter((index) => this.isSign(index, ','))].map((index) => index + 1);
    if (typeof part !== 'number') {
      if (!this.isSign(open, '{')) return undefined;
      return starts
        .map((start) => this.#propertyAt(start, String(part)))
        .findLast((entry) => entry !== undefined);
    }
    // A spread shifts the elements after it by an unknown number.
    const isShifted = starts.slice(0, part + 1).some((start) => this.isSign(start, '.'));
    const at = starts[part];
    if (!this.isSign(open, '[') || isShifted || at === undefined) return undefined;
    return { at, value: at };
  }

  #propertyAt(start: number, key: string): Entry | undefined {
    const isModifier = ['async', 'get', 'set'].some((word) => this.isWord(start, word));
    const isModified = isModifier && this.tokens[start + 1]?.kind !== 'sign';
    const at = isModified || this.isSign(start, '*') || this.isSign(start, '[') ? start + 1 : start;
    const token = this.tokens[at];
    if (token === undefined || token.kind === 'sign' || token.content !== key) return undefined;
    // `[key]` without quotes is a variable, not a name.
    if (this.isSign(start, '[')) return token.kind === 'text' ? { at, value: at + 3 } : undefined;
    if (this.isSign(at + 1, ':')) return { at, value: at + 2 };
    const isShorthandOrMethod = ['(', '<', ',', '}'].some((sign) => this.isSign(at + 1, sign));
    return isShorthandOrMethod ? { at, value: at } : undefined;
  }
}

/**
 * Pairs brackets. An end without its begin is ignored, so that one syntax error does not hide the
 * handlers after it.
 */
function endsOf(tokens: readonly Token[]): Map<number, number> {
  const ends = new Map<number, number>();
  const open: { at: number; closing: string }[] = [];
  for (const [index, { kind, content }] of tokens.entries()) {
    if (kind !== 'sign') continue;
    const closing = CLOSING[content];
    if (closing !== undefined) open.push({ at: index, closing });
    const begin = /[)\]}]/.test(content) ? open.findLastIndex((bracket) => bracket.closing === content) : -1;
    if (begin >= 0) for (const { at } of open.splice(begin)) ends.set(at, index);
  }
  // Brackets without an end.
  for (const { at } of open) ends.set(at, tokens.length);
  return ends;
}
