import { FilterError } from './filter.ts';

/** A part of a filter: `-buyer:"Jane Doe"`. */
export interface Token {
  /** As written. */
  part: string;
  isNegated: boolean;
  /** The name before the colon. Null for a bare word. */
  name: string | null;
  /** The rest, without quotation marks. */
  value: string;
  /** Whether the value begins with `=` outside of quotation marks. The value keeps the sign. */
  isExact: boolean;
}

/** Sign, name, and a value in quotation marks or up to the next space. May match the empty text. */
const TOKEN = /(-?)(?:([A-Za-z]+):(=?))?("(?:[^"\\]|\\.)*"(?!\S)|(?!")\S*)/sy;

/**
 * Splits a filter into its parts.
 * @throws FilterError for a quotation mark without its end.
 */
export function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  for (let start = spaceEnd(text, 0); start < text.length; start = spaceEnd(text, start)) {
    TOKEN.lastIndex = start;
    const [part = '', sign = '', name, equal = '', written = ''] = TOKEN.exec(text) ?? [];
    start += part.length;
    if (part === '' || /^\S/.test(text.slice(start, start + 1)))
      throw new FilterError(
        text.slice(start - part.length).trim(),
        'a quotation mark has no end, or no space after its end.',
      );
    // `https://example.com` has no qualifier.
    const isLink = name !== undefined && written.startsWith('//');
    tokens.push({
      part,
      isNegated: sign === '-',
      name: name === undefined || isLink ? null : name.toLowerCase(),
      value: isLink ? `${name}:${written}` : equal + unquoted(written),
      isExact: equal !== '',
    });
  }
  return tokens;
}

function spaceEnd(text: string, start: number): number {
  return start + (/^\s*/.exec(text.slice(start))?.[0].length ?? 0);
}

function unquoted(written: string): string {
  return written.startsWith('"') ? written.slice(1, -1).replace(/\\(.)/gs, '$1') : written;
}

/** A value as a filter writes it, in quotation marks if necessary. */
export function quoteValue(value: string): string {
  return /^[^\s"\\:=-][^\s"\\:]*$/.test(value) ? value : `"${value.replace(/(["\\])/g, '\\$1')}"`;
}
