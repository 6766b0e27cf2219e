import { codePassages } from './code-passages.ts';
import { lineCommentPassages } from './line-comment-passages.ts';
import { markdownPassages } from './markdown-passages.ts';
import type { Passage } from './passage.ts';

/** The kinds of files that contain prose, and how to find it. */
const READERS: readonly { name: RegExp; read: (file: string, source: string) => Passage[] }[] = [
  { name: /\.md$/, read: (_file, source) => markdownPassages(source) },
  { name: /\.(ts|mjs|js)$/, read: codePassages },
  { name: /\.lua$/, read: (_file, source) => lineCommentPassages(source, '--') },
  {
    name: /\.(yml|yaml|sh|py)$|Dockerfile$|\.env\.example$/,
    read: (_file, source) => lineCommentPassages(source, '#'),
  },
];

/** Whether a file contains prose, by its name. */
export function hasProse(file: string): boolean {
  return READERS.some(({ name }) => name.test(file));
}

/** Extracts the passages of a file by its name. */
export function passagesOf(file: string, source: string): Passage[] {
  return READERS.find(({ name }) => name.test(file))?.read(file, source) ?? [];
}
