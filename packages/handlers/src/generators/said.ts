import { cutText, cutTextStart, withoutForeignSecrets } from '@fulfillment/shared';

const LONGEST = 300;

/**
 * The output of a service or a program, fit for an error: one line, without secrets, and only the
 * beginning.
 */
export function said(text: string, longest = LONGEST): string {
  return cutText(oneLine(text), longest);
}

/** The end of the output, because programs say last why they fail. */
export function lastSaid(text: string, longest: number): string {
  return cutTextStart(oneLine(text), longest);
}

function oneLine(text: string): string {
  return withoutForeignSecrets(text).replace(/\s+/g, ' ').trim();
}
