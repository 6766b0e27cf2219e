import { cutWithEllipsis } from '@fulfillment/shared';

/**
 * The longest progress that is shown, in UTF-16 units. A progress is one line on a page, and is
 * kept in Redis.
 */
const LONGEST = 200;

/**
 * The progress to show: a number, or a text of one short line.
 * @param value the handler's argument, which may be of any type in JavaScript.
 * @throws TypeError for a value that is neither a number nor a text.
 */
export function shownProgress(value: unknown): number | { text: string } {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (typeof value !== 'string') throw new TypeError('ctx.progress takes a number or a text');
  // A text of megabytes is cut before any other work on it.
  const line = cutWithEllipsis(value, 10 * LONGEST)
    .replace(/\s+/g, ' ')
    .trim();
  return { text: cutWithEllipsis(line, LONGEST) };
}
