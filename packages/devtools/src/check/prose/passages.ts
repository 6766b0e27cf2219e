import { codePassages } from './code-passages.ts';
import { markdownPassages } from './markdown-passages.ts';

/** Where a passage comes from: each kind has its own limits. `text` is a string literal that a person may read. */
export type PassageKind = 'document' | 'cell' | 'comment' | 'text';

/** A run of prose that a person reads. */
export interface Passage {
  kind: PassageKind;
  /** The first line of the passage in its file, from 1. */
  line: number;
  text: string;
}

/** Extracts the passages of a file by its extension. A file of another kind has none. */
export function passagesOf(file: string, source: string): Passage[] {
  if (file.endsWith('.md')) return markdownPassages(source);
  return /\.(ts|mjs|js)$/.test(file) ? codePassages(file, source) : [];
}
