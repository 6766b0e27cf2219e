import path from 'node:path';
import type { TrackedFile } from '../tracked-files.ts';
import { readMarkdownLinks } from './markdown-links.ts';

/** A link or a mention that leads nowhere. */
export interface BrokenLink {
  file: string;
  line: number;
  target: string;
  problem: string;
}

/** Comments, texts and documents name a page by its path from the root. */
const PAGE = /\bdocs\/[\w/-]+\.md\b/g;

/** The links of Markdown have a check of their own. */
const LINK_TARGET = /\]\([^)]*\)/g;

/**
 * Finds links between Markdown files that lead to a missing file or heading, missing files that
 * Markdown names in code spans, and missing pages of `docs/` that any text names.
 * @param exists whether a path from the root exists.
 */
export function findBrokenLinks(
  files: readonly TrackedFile[],
  exists: (file: string) => boolean,
): BrokenLink[] {
  const markdown = new Map(
    files
      .filter(({ file }) => file.endsWith('.md'))
      .map(({ file, source }) => [file, readMarkdownLinks(source)]),
  );
  const broken: BrokenLink[] = [];
  for (const [file, { links, files: named }] of markdown) {
    for (const { line, file: target } of named) {
      if (!exists(target)) broken.push({ file, line, target, problem: 'there is no such file' });
    }
    for (const { line, target } of links) {
      if (/^[a-z]+:/.test(target)) continue;
      const [relative = '', anchor] = target.split('#');
      const page = relative === '' ? file : path.posix.join(path.posix.dirname(file), relative);
      const report = (problem: string) => broken.push({ file, line, target, problem });
      if (!exists(page)) report('there is no such file');
      else if (anchor !== undefined && markdown.get(page)?.anchors.has(anchor) === false) {
        report('that page has no such heading');
      }
    }
  }
  for (const { file, source } of files) {
    for (const [index, text] of source.split('\n').entries()) {
      for (const [target] of text.replace(LINK_TARGET, '').matchAll(PAGE)) {
        if (!exists(target)) {
          broken.push({ file, line: index + 1, target, problem: 'there is no such page' });
        }
      }
    }
  }
  return broken;
}
