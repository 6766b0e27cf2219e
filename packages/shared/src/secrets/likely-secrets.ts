import { KINDS } from './secret-kinds.ts';

const SHAPES = KINDS.flatMap(({ likely, hasFewDigits = false }) =>
  likely === undefined ? [] : [{ shape: new RegExp(likely.source, 'g'), hasFewDigits }],
);
const PLACEHOLDER =
  /your|example|placeholder|dummy|sample|change.?me|replace|insert|redacted|fake|x{4}|\*{3}/i;
/**
 * A random part has a run of letters and digits of this length. Names of CSS classes are words
 * between hyphens.
 */
const RANDOM_RUN = /[A-Za-z0-9]{12,}/g;

/** Whether a text holds a string that looks like a real secret, and not like a placeholder. */
export function holdsLikelySecret(text: string): boolean {
  return SHAPES.some(({ shape, hasFewDigits }) =>
    Array.from(text.matchAll(shape), ([, part = '']) => part).some(
      (part) => !PLACEHOLDER.test(part) && (hasFewDigits || isRandom(part)),
    ),
  );
}

/**
 * Twelve random letters and digits without two digits are rare. A word with two digits of that
 * length is rare, too.
 */
function isRandom(part: string): boolean {
  return (part.match(RANDOM_RUN) ?? []).some((run) => /[A-Za-z]/.test(run) && /\d[^\d]*\d/.test(run));
}
