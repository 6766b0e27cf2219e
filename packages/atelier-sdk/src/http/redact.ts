/** The longest error text that is kept, in UTF-16 units. */
const MAX_TEXT = 500;

/** The marketplace's keys and webhook secrets, whoever's they are. */
const SECRET_PATTERN = /\b(atelier|whsec)_[A-Za-z0-9_-]+/g;

/** How deep a chain of causes is followed. */
const MAX_CAUSES = 4;

/** Replaces the given key, and whatever looks like a key or secret, by a mark. */
function redact(text: string, apiKey: string | undefined): string {
  const withoutKey = apiKey ? text.replaceAll(apiKey, '[redacted]') : text;
  return withoutKey.replaceAll(SECRET_PATTERN, '$1_[redacted]');
}

/** Text from outside, fit for an error: secrets out, control characters to spaces, at most `max` UTF-16 units. */
export function cleanText(text: string, apiKey: string | undefined, max = MAX_TEXT): string {
  // Redacted before it is cut: half a secret would no longer be recognised.
  return cut(
    redact(text, apiKey)
      .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
      .trim(),
    max,
  ).toWellFormed();
}

/** Cuts before the grapheme that would not fit whole: an emoji of a family is several code points. */
function cut(text: string, max: number): string {
  if (text.length <= max) return text;
  const last = new Intl.Segmenter('und').segment(text).containing(max);
  return text.slice(0, last === undefined || last.index === 0 ? max : last.index);
}

/**
 * A copy of a lower layer's error that is safe to attach as `cause`: name, message, code, system call, stack and
 * causes, secrets out. Other properties may hold the request's headers and are left behind.
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
