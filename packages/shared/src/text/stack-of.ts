import { withoutSecrets } from '../secrets/process-secrets.ts';
import { cutText } from './cut-text.ts';

/** The longest stack that is kept, in UTF-16 units. */
export const LONGEST_STACK = 8000;
/** How much of an error is read: its text may have megabytes. */
const LONGEST_READ = 10 * LONGEST_STACK;
/** A long message must not push the frames out of the kept part. */
const LONGEST_MESSAGE = LONGEST_STACK / 4;
const MOST_CAUSES = 5;
/** How many errors of an AggregateError are kept. */
const MOST_ERRORS = 3;

/**
 * The origin of an error: its stack, the stacks of its causes, and the first errors of an
 * AggregateError. Without secrets, at most `LONGEST_STACK` long. A value without a stack is shown
 * as text. Never throws: a handler can throw anything, even an object whose getters throw, and this
 * function must not replace the handler's error.
 */
export function stackOf(thrown: unknown): string {
  const parts: string[] = [];
  try {
    parts.push(textOf(thrown), ...errorsOf(thrown));
    let current = thrown;
    for (let depth = 1; depth < MOST_CAUSES; depth += 1) {
      current = current instanceof Error ? current.cause : undefined;
      if (current === undefined) break;
      parts.push(`Caused by: ${textOf(current)}`, ...errorsOf(current));
    }
  } catch {
    parts.push(`a value of type ${typeof thrown} that cannot be read`);
  }
  return cutText(parts.join('\n'), LONGEST_STACK);
}

function textOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return redactedAndCut(plainText(thrown));
  return [redactedAndCut(`${thrown.name}: ${thrown.message}${codeOf(thrown)}`), ...framesOf(thrown)].join(
    '\n',
  );
}

/**
 * The code of a system error, such as ECONNREFUSED. An AggregateError of `fetch` has an empty
 * message.
 */
function codeOf(error: Error): string {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return code === '' || error.message.includes(code) ? '' : ` (${code})`;
}

/**
 * The stack of an AggregateError shows only its constructor call. Its errors say what went wrong.
 */
function errorsOf(thrown: unknown): string[] {
  if (!(thrown instanceof AggregateError) || !Array.isArray(thrown.errors)) return [];
  const { length } = thrown.errors;
  return thrown.errors
    .slice(0, MOST_ERRORS)
    .map((error, index) => `Error ${index + 1} of ${length}: ${textOf(error)}`);
}

/** Redacts before the last cut, because half a secret would no longer be recognised. */
function redactedAndCut(text: string): string {
  return cutText(withoutSecrets(cutText(text, LONGEST_READ)), LONGEST_MESSAGE);
}

/** Not every value converts to text: some values throw. */
function plainText(thrown: unknown): string {
  try {
    // If `toJSON` returns undefined, JSON.stringify does, too.
    const json: unknown = typeof thrown === 'object' ? JSON.stringify(thrown) : undefined;
    return typeof json === 'string' ? json : String(thrown);
  } catch {
    return `a value of type ${typeof thrown}`;
  }
}

function framesOf({ stack }: Error): string[] {
  if (typeof stack !== 'string') return [];
  const frames = stack
    .slice(-LONGEST_READ)
    .split('\n')
    .filter((line) => /^\s+at /.test(line));
  return withoutSecrets(frames.join('\n')).split('\n');
}
