/** The longest error text that is kept, in UTF-16 units. */
const MAX_TEXT = 500;

/**
 * Keys and webhook secrets of the marketplace, of any agent. The client depends on no other
 * package, so it has its own patterns for its own secrets.
 */
const SECRET_PATTERN = /\b(atelier|whsec)_[A-Za-z0-9_-]+/g;

/** The maximum depth to which we follow a chain of causes. */
const MAX_CAUSES = 4;

/** Replaces the given key, and anything that looks like a key or secret, with a mark. */
function redact(text: string, apiKey: string | undefined): string {
  const withoutKey = apiKey ? text.replaceAll(apiKey, '[redacted]') : text;
  return withoutKey.replaceAll(SECRET_PATTERN, '$1_[redacted]');
}

/**
 * Text from outside, fit for an error: without secrets, with spaces for control characters, and at
 * most `max` UTF-16 units.
 */
export function cleanText(text: string, apiKey: string | undefined, max = MAX_TEXT): string {
  // The redaction precedes the cut: half a secret would no longer be recognised.
  return cut(
    redact(text, apiKey)
      .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
      .trim(),
    max,
  ).toWellFormed();
}

/**
 * Cuts before the grapheme that would not fit whole: a family emoji consists of several code
 * points.
 */
function cut(text: string, max: number): string {
  if (text.length <= max) return text;
  const last = new Intl.Segmenter('und').segment(text).containing(max);
  return text.slice(0, last === undefined || last.index === 0 ? max : last.index);
}

/**
 * A copy of a lower layer's error that is safe to attach as `cause`. It has name, message, code,
 * system call, stack and causes, without secrets. It omits other properties, because they may hold
 * the request's headers.
 */
export function safeCause(error: unknown, apiKey: string | undefined, depth = 0): Error {
  if (!(error instanceof Error)) return new Error(cleanText(String(error), apiKey));
  const copy = new Error(cleanText(error.message, apiKey));
  copy.name = cleanText(error.name, apiKey);
  if (typeof error.stack === 'string') copy.stack = redact(error.stack, apiKey);
  for (const field of ['code', 'syscall'] as const) {
    const value: unknown = Reflect.get(error, field);
    if (typeof value === 'string') Object.assign(copy, { [field]: redact(value, apiKey) });
  }
  if (error.cause !== undefined && depth < MAX_CAUSES) {
    copy.cause = safeCause(error.cause, apiKey, depth + 1);
  }
  return copy;
}
