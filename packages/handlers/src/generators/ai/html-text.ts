/** How far from its beginning a page shows that it is HTML. */
const BEGINNING = 8192;
/** Elements whose content is not shown to a reader. */
const UNREAD = /<(script|style|svg|noscript)\b/y;

export function isHtml(text: string): boolean {
  return /<!doctype html|<html|<body/i.test(text.slice(0, BEGINNING));
}

/**
 * The approximate text of a page, for a model to read and never shown to a person. It goes through
 * the page only once, whatever a stranger wrote there.
 */
export function textOfHtml(html: string): string {
  const lower = html.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
  let text = '';
  let at = 0;
  while (at !== -1) {
    const tag = lower.indexOf('<', at);
    text += `${html.slice(at, tag === -1 ? undefined : tag)} `;
    at = tag === -1 ? -1 : endOf(lower, tag);
  }
  return text
    .replace(/[^\S\n]+/g, ' ')
    .replace(/ ?\n[ \n]*/g, '\n')
    .trim();
}

/** @returns where an unread element or comment that begins here ends, or -1 if it never ends. */
function endOf(html: string, tag: number): number {
  if (html.startsWith('<!--', tag)) return after(html, '-->', tag);
  UNREAD.lastIndex = tag;
  const name = UNREAD.exec(html)?.[1];
  const last = name === undefined ? tag : html.indexOf(`</${name}`, tag);
  return last === -1 ? -1 : after(html, '>', last);
}

function after(html: string, mark: string, from: number): number {
  const at = html.indexOf(mark, from);
  return at === -1 ? -1 : at + mark.length;
}
