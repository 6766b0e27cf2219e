import { parseSync } from 'oxc-parser';
import { lineFinder } from '../line-finder.ts';
import type { Passage } from './passage.ts';
import { textPassages } from './text-passages.ts';

/** Comments that speak to a tool. */
const DIRECTIVE = /^\s*(biome-ignore|@ts-|!|\/\s*<reference)/;
const LIST_MARKER = /^([-*]|\d+\.)\s+/;
/** A tag, with the name of its parameter. */
const TAG = /^@param\s+\S+\s*|^@\w+\s*/;

/** Extracts the comments of a source file, and the strings that may reach a person. */
export function codePassages(file: string, source: string): Passage[] {
  const lineOf = lineFinder(source);
  const { comments, program } = parseSync(file, source);
  const passages: Passage[] = [];
  let lineComment: { passage: Passage; end: number } | null = null;
  for (const { type, value, start, end } of comments) {
    const line = lineOf(start);
    if (type === 'Block') {
      lineComment = null;
      passages.push(...blockPassages(value, line));
    } else if (lineComment !== null && line === lineOf(lineComment.end) + 1) {
      lineComment.passage.text += ` ${value.trim()}`;
      lineComment.end = end;
    } else if (!DIRECTIVE.test(value)) {
      const passage: Passage = { kind: 'comment', line, text: value.trim() };
      passages.push(passage);
      lineComment = { passage, end };
    }
  }
  return [...passages, ...textPassages(file, program, lineOf)];
}

/** Splits a block comment at blank lines, list items and tags. */
function blockPassages(value: string, firstLine: number): Passage[] {
  const passages: Passage[] = [];
  let paragraph: Passage | null = null;
  for (const [index, raw] of value.split('\n').entries()) {
    const text = raw.replace(/^\s*\*+\s?/, '').trim();
    if (text === '' || LIST_MARKER.test(text) || TAG.test(text)) paragraph = null;
    if (text === '') continue;
    if (paragraph !== null) {
      paragraph.text += ` ${text}`;
    } else {
      paragraph = {
        kind: 'comment',
        line: firstLine + index,
        text: text.replace(LIST_MARKER, '').replace(TAG, ''),
      };
      passages.push(paragraph);
    }
  }
  return passages;
}
