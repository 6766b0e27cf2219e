import { KnownSecrets } from './known-secrets.ts';
import { KINDS, MARK } from './secret-kinds.ts';

/**
 * The secrets of this process. The whole process shares them on purpose: every log line, error and
 * page passes through here, and a text that came with the wrong set of secrets would leak.
 */
const secrets = new KnownSecrets();

/**
 * Remembers values that no text of this process may show from now on. Ignores absent values, values
 * shorter than 8 characters, and numbers.
 */
export function keepSecret(...values: (string | null | undefined)[]): void {
  secrets.keep(...values);
}

/**
 * Whether a text contains a secret that this process knows. A mere resemblance to a secret does not
 * count.
 */
export function holdsKnownSecret(text: string): boolean {
  return secrets.isIn(text);
}

/** Removes known secrets, and everything that looks like a secret, from a text. */
export function withoutSecrets(text: string): string {
  return secrets.redact(text);
}

const FOREIGN = KINDS.flatMap(({ foreign }) => (foreign === undefined ? [] : [new RegExp(foreign, 'gi')]));

/**
 * Removes secrets from the output of a foreign service or program. Such a text may quote a secret
 * in part, so this also removes what only begins like a secret.
 */
export function withoutForeignSecrets(text: string): string {
  return FOREIGN.reduce((rest, pattern) => rest.replace(pattern, `$1${MARK}`), withoutSecrets(text));
}
