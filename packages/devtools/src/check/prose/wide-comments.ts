import type { Finding } from './rules.ts';

/** The last column of a comment. */
const WIDEST = 100;

/** How a comment line begins, by the name of its file. */
const COMMENTS: readonly [name: RegExp, comment: RegExp][] = [
  [/\.(ts|mjs|js)$/, /^\s*(\/\/|\/?\*)/],
  [/\.lua$/, /^\s*--/],
  [/./, /^\s*#/],
];

/** Finds comment lines beyond the last column. A line that consists of one long word is fine. */
export function wideComments(file: string, source: string): Finding[] {
  const comment = COMMENTS.find(([name]) => name.test(file))?.[1];
  return source.split('\n').flatMap((text, index) => {
    const isWide = comment?.test(text) && text.length > WIDEST && /\s\S+\s/.test(text.trim());
    const rule = `a comment of ${text.length} columns: wrap it at ${WIDEST}`;
    return isWide ? [{ line: index + 1, rule, text: text.trim() }] : [];
  });
}
