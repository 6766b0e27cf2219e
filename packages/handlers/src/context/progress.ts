import { cutWithEllipsis } from '@fulfillment/shared';

/** The longest progress that is shown, in UTF-16 units: it is one line on a page, and is kept in Redis. */
const LONGEST = 200;

/**
 * What is shown of a progress: a number, or a text of one short line.
 * @param value what the handler gave; JavaScript may give anything.
 * @throws TypeError for what is neither.
 */
export function shownProgress(value: unknown): number | { text: string } {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (typeof value !== 'string') throw new TypeError('ctx.progress takes a number or a text');
  // A text of megabytes is cut before anything else is done to it.
  const line = cutWithEllipsis(value, 10 * LONGEST)
    .replace(/\s+/g, ' ')
    .trim();
  return { text: cutWithEllipsis(line, LONGEST) };
}
