import { cutText, cutTextStart } from '@fulfillment/shared';

/** What keys look like, whoever gave them: those of models, of HTTP, of AWS, of the marketplace. */
const KEYS = /\b(sk-|AKIA|ASIA|atelier_|whsec_)[\w+/=*-]{4,}|\b(Bearer\s+)[^\s"',;]+/gi;
const LONGEST = 300;

/** What a service or a program said, fit for an error: one line, without keys, and the beginning only. */
export function said(text: string, longest = LONGEST): string {
  return cutText(oneLine(text), longest);
}

/** The end of it: programs say last why they fail. */
export function lastSaid(text: string, longest: number): string {
  return cutTextStart(oneLine(text), longest);
}

function oneLine(text: string): string {
  return text
    .replace(KEYS, (_, key?: string, scheme?: string) => `${key ?? scheme ?? ''}[redacted]`)
    .replace(/\s+/g, ' ')
    .trim();
}
