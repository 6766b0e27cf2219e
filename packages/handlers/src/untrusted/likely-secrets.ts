/**
 * Shapes of real keys. The part in parentheses is random in a real key. Log redaction may remove
 * too much. But a false alarm here stops an ordinary order, so a documented placeholder must pass.
 */
const KEYS = [
  /\batelier_([A-Za-z0-9_+=-]{12,})/g,
  /\bwhsec_([A-Za-z0-9_+/=-]{12,})/g,
  // Keys of models: sk-…, sk-proj-…
  /\bsk-([A-Za-z0-9_-]{16,})/g,
  /\bBearer ([A-Za-z0-9._~+/=-]{16,})/g,
  /\bAuthorization: Basic ([A-Za-z0-9+/=]{16,})/gi,
  /\b(?:ghp|gho|ghs|github_pat)_([A-Za-z0-9_]{20,})/g,
];
/** A key of AWS has few digits, or none. */
const AWS_KEY = /\b(?:AKIA|ASIA)([A-Z0-9]{16})\b/g;
const PRIVATE_KEY = /-----BEGIN [A-Z ]*PRIVATE KEY-----\s+([A-Za-z0-9+/=\s]{40,})/g;
const PLACEHOLDER =
  /your|example|placeholder|dummy|sample|change.?me|replace|insert|redacted|fake|x{4}|\*{3}/i;
/**
 * A random part has a run of letters and digits of this length. Names of CSS classes are words
 * between hyphens.
 */
const RANDOM_RUN = /[A-Za-z0-9]{12,}/g;

/** Whether a text holds a string that looks like a real key, and not like a placeholder. */
export function holdsLikelySecret(text: string): boolean {
  return (
    KEYS.some((shape) => parts(text, shape).some((part) => !PLACEHOLDER.test(part) && isRandom(part))) ||
    [AWS_KEY, PRIVATE_KEY].some((shape) => parts(text, shape).some((part) => !PLACEHOLDER.test(part)))
  );
}

function parts(text: string, shape: RegExp): string[] {
  return Array.from(text.matchAll(shape), ([, part = '']) => part);
}

/**
 * Twelve random letters and digits without two digits are rare. A word with two digits of that
 * length is rare, too.
 */
function isRandom(part: string): boolean {
  return (part.match(RANDOM_RUN) ?? []).some((run) => /[A-Za-z]/.test(run) && /\d[^\d]*\d/.test(run));
}
