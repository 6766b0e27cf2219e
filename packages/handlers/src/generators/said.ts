import { cutText, cutTextStart } from '@fulfillment/shared';

/** The shapes of keys, whoever issued them: keys of models, of HTTP, of AWS, of the marketplace. */
const KEYS = /\b(sk-|AKIA|ASIA|atelier_|whsec_)[\w+/=*-]{4,}|\b(Bearer\s+)[^\s"',;]+/gi;
const LONGEST = 300;

/**
 * The output of a service or a program, fit for an error: one line, without keys, and only the
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
  return text
    .replace(KEYS, (_, key?: string, scheme?: string) => `${key ?? scheme ?? ''}[redacted]`)
    .replace(/\s+/g, ' ')
    .trim();
}
