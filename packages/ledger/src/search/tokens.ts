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
}

const TOKEN = /\s*(-?)(?:([A-Za-z]+):)?("(?:[^"\\]|\\.)*"|[^\s"]\S*|(?=\s|$))(?=\s|$)/y;

/**
 * Splits a filter into its parts.
 * @param names the known names. `https://…` begins with no known name, so it is a bare word.
 * @throws FilterError for a quotation mark without its end.
 */
export function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  const end = text.trimEnd().length;
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < end) {
    const start = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (match === null) {
      const rest = text.slice(start).trim();
      const part = /^\S*?"/.test(rest) ? rest : (rest.split(/\s/)[0] ?? rest);
      throw new FilterError(part, 'a quotation mark has no end, or text follows it without a space.');
    }
    const [whole, sign = '', name, written = ''] = match;
    const isLink = name !== undefined && written.startsWith('//');
    tokens.push({
      part: whole.trim(),
      isNegated: sign === '-',
      name: name === undefined || isLink ? null : name.toLowerCase(),
      value: isLink ? `${name}:${written}` : unquoted(written),
    });
  }
  return tokens.filter(({ part }) => part !== '');
}

function unquoted(written: string): string {
  return written.startsWith('"') ? written.slice(1, -1).replace(/\\(.)/gs, '$1') : written;
}

/** A value as a filter writes it, in quotation marks if necessary. */
export function quoteValue(value: string): string {
  return /^[^\s"\\:-][^\s"\\:]*$/.test(value) ? value : `"${value.replace(/(["\\])/g, '\\$1')}"`;
}
