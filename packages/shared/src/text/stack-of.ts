import { cutText } from './cut-text.ts';
import { withoutSecrets } from './secrets.ts';

/** The longest stack that is kept, in UTF-16 units. */
export const LONGEST_STACK = 8000;
/** How much of an error is read: what it holds may have megabytes. */
const LONGEST_READ = 10 * LONGEST_STACK;
/** A long message must not push the frames out of what is kept. */
const LONGEST_MESSAGE = LONGEST_STACK / 4;
const MOST_CAUSES = 5;

/**
 * Where an error came from: its stack and those of its causes, without secrets, at most `LONGEST_STACK` long. Anything can be thrown;
 * a value without a stack is shown as text.
 */
export function stackOf(thrown: unknown): string {
  const parts = [textOf(thrown)];
  let current = thrown;
  for (let depth = 1; depth < MOST_CAUSES; depth += 1) {
    current = current instanceof Error ? current.cause : undefined;
    if (current === undefined) break;
    parts.push(`Caused by: ${textOf(current)}`);
  }
  return cutText(parts.join('\n'), LONGEST_STACK);
}

function textOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return redactedAndCut(plainText(thrown));
  return [redactedAndCut(`${thrown.name}: ${thrown.message}`), ...framesOf(thrown)].join('\n');
}

/** Redacted before the last cut: half a secret would no longer be recognised. */
function redactedAndCut(text: string): string {
  return cutText(withoutSecrets(cutText(text, LONGEST_READ)), LONGEST_MESSAGE);
}

/** Not every value can be written as text: some throw when asked to. */
function plainText(thrown: unknown): string {
  try {
    return typeof thrown === 'object' ? JSON.stringify(thrown) : String(thrown);
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
