import type { Passage } from './passage.ts';

const FENCE = /^(```|~~~)/;
const LIST_MARKER = /^([-*+]|\d+\.)\s+/;
const TABLE_RULE = /^[|\s:-]+$/;

/** Splits Markdown into paragraphs, headings, list items and table cells. Code blocks and HTML carry no prose. */
export function markdownPassages(source: string): Passage[] {
  const passages: Passage[] = [];
  let paragraph: Passage | null = null;
  let isCode = false;
  for (const [index, raw] of source.split('\n').entries()) {
    const line = raw.trim();
    const at = index + 1;
    if (FENCE.test(line)) isCode = !isCode;
    if (isCode || line === '' || FENCE.test(line) || line.startsWith('<')) {
      paragraph = null;
    } else if (line.startsWith('|')) {
      paragraph = null;
      passages.push(...cellsOf(line, at));
    } else if (paragraph !== null && !LIST_MARKER.test(line) && !line.startsWith('#')) {
      paragraph.text += ` ${line}`;
    } else {
      paragraph = { kind: 'document', line: at, text: line.replace(/^#+\s+/, '').replace(LIST_MARKER, '') };
      passages.push(paragraph);
      if (line.startsWith('#')) paragraph = null;
    }
  }
  return passages;
}

function cellsOf(line: string, at: number): Passage[] {
  if (TABLE_RULE.test(line)) return [];
  const cells = line.split(/(?<!\\)\|/).map((cell) => cell.trim());
  return cells.filter((cell) => cell !== '').map((text) => ({ kind: 'cell', line: at, text }));
}
