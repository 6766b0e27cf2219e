/** A piece of a source file. Comments and spaces have no token. */
export interface Token {
  /**
   * A word is a name, a keyword or a number, or the empty word of a regular expression. A text is a
   * string or a part of a template. A sign is one character.
   */
  kind: 'word' | 'text' | 'sign';
  /** The content of a text has no quotes. */
  content: string;
  /** From 1. */
  line: number;
  /** From 1. */
  column: number;
}

const SKIPPED = /\s+|\/\/.*|\/\*[\s\S]*?(?:\*\/|$)|^#!.*/y;
const WORD = /[\p{ID_Continue}$#]+/uy;
/** A string without its end reaches to the end of its line. */
const STRING = /'((?:[^'\\\n]|\\[\s\S])*)'?|"((?:[^"\\\n]|\\[\s\S])*)"?/y;
const TEMPLATE_PART = /((?:[^`\\$]|\\[\s\S]|\$(?!\{))*)(?:`|\$\{|$)/y;
const REGEX = /\/(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/\w*/y;
/** After these words, a slash begins a regular expression. After any other word, it divides. */
const BEFORE_VALUE = /^(?:await|case|delete|do|else|in|instanceof|of|return|throw|typeof|void|yield)$/;

/**
 * Splits TypeScript or JavaScript into tokens. The text may have syntax errors, because the tokens
 * locate the errors of a file that Node cannot load.
 */
export function tokensOf(source: string): Token[] {
  const tokens: Token[] = [];
  /** Which of the open braces belong to a `${` of a template. */
  const braces: ('block' | 'template')[] = [];
  const scanner = new Scanner(source);
  const add = (kind: Token['kind'], content: string, at: number) =>
    tokens.push({ kind, content, ...scanner.positionOf(at) });
  const addTemplatePart = (at: number) => {
    const [all = '', content = ''] = scanner.take(TEMPLATE_PART) ?? [];
    add('text', content, at);
    if (!all.endsWith('${')) return;
    braces.push('template');
    add('sign', '{', scanner.index - 1);
  };
  while (!scanner.isAtEnd()) {
    if (scanner.take(SKIPPED) !== null) continue;
    const at = scanner.index;
    const word = scanner.take(WORD);
    const string = word ?? scanner.take(STRING);
    if (word !== null) add('word', word[0], at);
    else if (string !== null) add('text', string[1] ?? string[2] ?? '', at);
    else if (scanner.next() === '/' && isBeforeValue(tokens.at(-1)) && scanner.take(REGEX) !== null) {
      // An empty word takes its place, so that a slash after the expression divides.
      add('word', '', at);
    } else {
      const sign = scanner.takeSign();
      if (sign === '`') addTemplatePart(at);
      else add('sign', sign, at);
      if (sign === '{') braces.push('block');
      if (sign === '}' && braces.pop() === 'template') addTemplatePart(scanner.index);
    }
  }
  return tokens;
}

function isBeforeValue(before: Token | undefined): boolean {
  if (before === undefined) return true;
  if (before.kind === 'sign') return !/[)\]}]/.test(before.content);
  return before.kind === 'word' && BEFORE_VALUE.test(before.content);
}

class Scanner {
  index = 0;
  readonly #source: string;
  #line = 1;
  #lineStart = 0;

  constructor(source: string) {
    this.#source = source;
  }

  isAtEnd(): boolean {
    return this.index >= this.#source.length;
  }

  next(): string {
    return this.#source.charAt(this.index);
  }

  take(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.index;
    const match = pattern.exec(this.#source);
    this.index += match?.[0].length ?? 0;
    return match;
  }

  takeSign(): string {
    const sign = this.next();
    this.index += 1;
    return sign;
  }

  /** The line and column of an index. Indexes must come in ascending order. */
  positionOf(index: number): { line: number; column: number } {
    for (;;) {
      const end = this.#source.indexOf('\n', this.#lineStart);
      if (end < 0 || end >= index) break;
      this.#line += 1;
      this.#lineStart = end + 1;
    }
    return { line: this.#line, column: index - this.#lineStart + 1 };
  }
}
