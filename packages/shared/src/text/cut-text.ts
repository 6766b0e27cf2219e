/**
 * Splits text into the characters that a reader sees. A family emoji consists of several code
 * points.
 */
const GRAPHEMES = new Intl.Segmenter('und', { granularity: 'grapheme' });

/** A longer grapheme, in UTF-16 units, is an attack, and may be cut between its code points. */
const LONGEST_GRAPHEME = 100;

/**
 * The beginning of a text for people, never cut inside a grapheme.
 * @param max the greatest length, in UTF-16 units.
 */
export function cutText(text: string, max: number): string {
  return text.length <= max ? text : text.slice(0, boundaryAt(text, max).start);
}

/**
 * The beginning of a text, with an ellipsis if something was cut off. `max` includes the ellipsis.
 */
export function cutWithEllipsis(text: string, max: number): string {
  return text.length <= max ? text : `${cutText(text, max - 1)}…`;
}

/** The end of a text for people, never cut inside a grapheme. `max` in UTF-16 units. */
export function cutTextStart(text: string, max: number): string {
  return text.length <= max ? text : text.slice(boundaryAt(text, text.length - max).end);
}

/** The nearest allowed cuts of a text: at or before a position, and at or after it. */
function boundaryAt(text: string, position: number): { start: number; end: number } {
  const found = GRAPHEMES.segment(text).containing(position);
  if (found === undefined || found.index === position) return { start: position, end: position };
  const { index, segment } = found;
  if (segment.length <= LONGEST_GRAPHEME) return { start: index, end: index + segment.length };
  const isInsidePair = /^[\uD800-\uDBFF][\uDC00-\uDFFF]$/.test(text.slice(position - 1, position + 1));
  return isInsidePair ? { start: position - 1, end: position + 1 } : { start: position, end: position };
}
