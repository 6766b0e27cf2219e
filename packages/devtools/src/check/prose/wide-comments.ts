import type { Finding } from './rules.ts';

/** The last column of a comment. */
const WIDEST = 100;
const COMMENT = /^\s*(\/\/|\/?\*|--|#)/;

/** Finds comment lines beyond the last column. A line that consists of one long word is fine. */
export function wideComments(source: string): Finding[] {
  return source.split('\n').flatMap((text, index) => {
    const isWide = COMMENT.test(text) && text.length > WIDEST && /\s\S+\s/.test(text.trim());
    const rule = `a comment of ${text.length} columns: wrap it at ${WIDEST}`;
    return isWide ? [{ line: index + 1, rule, text: text.trim() }] : [];
  });
}
