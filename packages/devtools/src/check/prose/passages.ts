import { codePassages } from './code-passages.ts';
import { markdownPassages } from './markdown-passages.ts';
import type { Passage } from './passage.ts';

/** Extracts the passages of a file by its extension. A file of another kind has none. */
export function passagesOf(file: string, source: string): Passage[] {
  if (file.endsWith('.md')) return markdownPassages(source);
  return /\.(ts|mjs|js)$/.test(file) ? codePassages(file, source) : [];
}
