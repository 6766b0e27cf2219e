const FENCE = /^\s*(```|~~~)/;
const LINK = /\]\(([^)\s]+)(?:\s+"[^"]*")?\)/g;
const HEADING = /^#{1,6}\s+(.+)$/;

/** The links and the headings of a Markdown file. */
export interface MarkdownLinks {
  links: { line: number; target: string }[];
  /** The anchors of the headings, in GitHub's form: `## A new page` is `a-new-page`. */
  anchors: Set<string>;
}

/** Reads the links and headings of a Markdown file. Code blocks and code spans contain neither. */
export function readMarkdownLinks(source: string): MarkdownLinks {
  const links: MarkdownLinks['links'] = [];
  const anchors = new Set<string>();
  let isCode = false;
  for (const [index, line] of source.split('\n').entries()) {
    if (FENCE.test(line)) isCode = !isCode;
    if (isCode) continue;
    const heading = HEADING.exec(line)?.[1];
    if (heading !== undefined) addAnchor(anchors, heading);
    for (const [, target = ''] of line.replace(/`[^`]*`/g, '').matchAll(LINK)) {
      links.push({ line: index + 1, target });
    }
  }
  return { links, anchors };
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
