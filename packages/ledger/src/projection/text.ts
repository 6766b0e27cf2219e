import { cutWithEllipsis, withoutSecrets } from '@fulfillment/shared';

/** In UTF-16 units. Longer texts are cut, so that one order cannot fill the disk. */
const LONGEST_TEXT = 20_000;
const LONGEST_EXCERPT = 160;
/** An entry of an index of Postgres has 2,700 bytes at most, and holds several names. */
const LONGEST_NAME = 120;

/** A text that every database can store: Postgres has no NUL character, and UTF-8 no half pairs. */
export function storable(text: string): string {
  return cutWithEllipsis(text.replaceAll('\0', '').toWellFormed(), LONGEST_TEXT);
}

/**
 * A text that people wrote, or that quotes them, without secrets. A buyer may paste a key into a
 * brief, and the ledger outlives the record.
 */
export function redacted(text: string): string {
  return storable(withoutSecrets(text));
}

/** Like `redacted`. Null stays null. */
export function redactedOrNull(text: string | null | undefined): string | null {
  return text === null || text === undefined ? null : redacted(text);
}

/** A name or a title that people wrote, for lists and their indexes. Null stays null. */
export function nameOrNull(text: string | null | undefined): string | null {
  return text === null || text === undefined ? null : cutWithEllipsis(redacted(text), LONGEST_NAME);
}

/** Like `storable`. Null stays null. */
export function storableOrNull(text: string | null | undefined): string | null {
  return text === null || text === undefined ? null : storable(text);
}

/** The beginning of a text, on one line. */
export function excerptOf(text: string): string {
  return cutWithEllipsis(redacted(text).replace(/\s+/g, ' ').trim(), LONGEST_EXCERPT);
}
