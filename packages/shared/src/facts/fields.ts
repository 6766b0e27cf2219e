import { z } from 'zod';
import { ROUND_PATTERN } from '../record/rounds.ts';
import { cutWithEllipsis } from '../text/cut-text.ts';

/** Fields, key parts and phrases that several facts share. */

export const round = z.string().regex(ROUND_PATTERN);
/** A number that counts from 0. */
export const count = z.number().int().nonnegative();
export const text = z.string();
/**
 * When the marketplace signed the webhook, in ms since the epoch. Facts of older versions lack it.
 */
export const sentAt = count.optional();
/** The draft of a round. Records written before drafts existed lack it. See `draftOf`. */
export const draft = count.optional();
/** The steps that call a handler. */
export const handlerStep = z.enum(['price', 'generate']);

const MINUTE_MS = 60_000;

/**
 * Key part that separates an event from one with the same body at another time. The tries of one
 * event are seconds apart. The record store therefore compares an event with events of the same
 * minute and of its two neighbours. An event with the same body there makes this one a repeat.
 */
export function inMinute(time: number | undefined): string | undefined {
  return time === undefined ? undefined : `@${Math.floor(time / MINUTE_MS)}`;
}

/** Key part that separates a later draft, or a later series, from the first. */
export function later(index: number | undefined): number | undefined {
  return index === 0 ? undefined : index;
}

const LONGEST_QUOTE = 121;

/** The beginning of somebody else's text, on one line and in quotation marks, for our sentences. */
export function quoted(content: string): string {
  const flat = content.replace(/\s+/g, ' ').trim();
  return `"${cutWithEllipsis(flat, LONGEST_QUOTE)}"`;
}

/** Names every draft but the first. */
export function draftSuffix(index: number): string {
  return index === 0 ? '' : ` (draft ${index + 1})`;
}

export function foundSuffix(isFound: boolean): string {
  return isFound ? ' (found on the marketplace)' : '';
}
