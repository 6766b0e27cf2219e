import type { Passage } from './passage.ts';

/** A commented-out setting (`# HOST=127.0.0.1`) and the first line of a script (`#!`) are not prose. */
const NOT_PROSE = /^([A-Z_]+=|!)/;

/**
 * Extracts the comments of a language whose comments take whole lines. Adjacent lines are one
 * passage.
 * @param marker the beginning of a comment, such as `#` or `--`.
 */
export function lineCommentPassages(source: string, marker: string): Passage[] {
  const passages: Passage[] = [];
  let paragraph: Passage | null = null;
  for (const [index, raw] of source.split('\n').entries()) {
    const line = raw.trim();
    const text = line.startsWith(marker) ? line.slice(marker.length).trim() : '';
    if (text === '' || NOT_PROSE.test(text)) {
      paragraph = null;
    } else if (paragraph === null) {
      paragraph = { kind: 'comment', line: index + 1, text };
      passages.push(paragraph);
    } else {
      paragraph.text += ` ${text}`;
    }
  }
  return passages;
}
