const FENCE = /^\s*(```|~~~)/;
const LINK = /\]\(([^)\s]+)(?:\s+"[^"]*")?\)/g;
/** A code span that names a file by its path from the root. */
const FILE = /`((?:apps|bench|docs|examples|packages|scripts|tests)\/[\w./-]+\.[a-z]+)`/g;
const HEADING = /^#{1,6}\s+(.+)$/;

/** The links and the headings of a Markdown file. */
export interface MarkdownLinks {
  links: { line: number; target: string }[];
  /** Files that code spans name. */
  files: { line: number; file: string }[];
  /** The anchors of the headings, in GitHub's form: `## A new page` is `a-new-page`. */
  anchors: Set<string>;
}

/** Reads a Markdown file. Code blocks contain none of this, and code spans contain no links. */
export function readMarkdownLinks(source: string): MarkdownLinks {
  const links: MarkdownLinks['links'] = [];
  const files: MarkdownLinks['files'] = [];
  const anchors = new Set<string>();
  let isCode = false;
  for (const [index, line] of source.split('\n').entries()) {
    if (FENCE.test(line)) isCode = !isCode;
    if (isCode) continue;
    const heading = HEADING.exec(line)?.[1];
    if (heading !== undefined) addAnchor(anchors, heading);
    for (const [, file = ''] of line.matchAll(FILE)) files.push({ line: index + 1, file });
    for (const [, target = ''] of line.replace(/`[^`]*`/g, '').matchAll(LINK)) {
      links.push({ line: index + 1, target });
    }
  }
  return { links, files, anchors };
}

/** A repeated heading gets a number, as on GitHub. */
function addAnchor(anchors: Set<string>, heading: string): void {
  const slug = heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\-_ ]/gu, '')
    .replaceAll(' ', '-');
  let anchor = slug;
  for (let copy = 1; anchors.has(anchor); copy += 1) anchor = `${slug}-${copy}`;
  anchors.add(anchor);
}
