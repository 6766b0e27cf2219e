import { cutText, holdsKnownSecret, holdsLikelySecret, withoutSecrets } from '@fulfillment/shared';

export interface GuardOptions {
  /**
   * The instructions of the model, in addition to the job. A long verbatim run of them in the
   * output is a leak.
   */
  instructions?: string;
  /** Words that must not be in the output: the marks around the buyer's words, for example. */
  marks?: readonly string[];
  /**
   * Parts of the instructions that the output must repeat, such as a legal notice. A repeat of
   * these parts is not a leak.
   */
  allowed?: readonly string[];
}

/**
 * The option `guard` of a generator: whether the guard checks its texts, and what they may repeat.
 */
export type Guard = boolean | Required<Pick<GuardOptions, 'allowed'>>;

/** The marks that `aiText` and `aiCode` put around a buyer's words, of any call. */
const FENCE_MARK = /\b(?:BUYER|WORK)-[0-9a-f]{12}\b/;
/** A run of this many letters and digits is not a coincidence: it is about twelve words. */
const SUSPICIOUS_RUN = 60;
/**
 * Instructions shorter than this, in letters and digits, are not searched for, because they may be
 * what the buyer ordered.
 */
const SHORTEST_INSTRUCTIONS = 25;
/**
 * Every run of `SUSPICIOUS_RUN` letters contains one of the windows that begin at each multiple of
 * `STEP`. The search for windows is fast, and only a window that was found needs the exact search.
 */
const STEP = 20;
const WINDOW = SUSPICIOUS_RUN - STEP;
/** Replaces an allowed letter. No text has this character, so no run crosses it. */
const ALLOWED = '\0';
/** How much of a run is quoted in the reason. */
const QUOTED = 80;

/**
 * Checks a model's text before a buyer gets it. A brief may ask the model for its instructions, and
 * models obey.
 * @returns why an operator must review the text, or undefined when nothing was found. The guard
 * looks for a mark of the prompt, a secret that this process knows, a likely secret, and a long
 * verbatim run of the instructions. The reason holds no secret.
 */
export function guardText(
  text: string,
  { instructions = '', marks = [], allowed = [] }: GuardOptions = {},
): string | undefined {
  const reasons: string[] = [];
  if (FENCE_MARK.test(text) || marks.some((mark) => text.includes(mark))) {
    reasons.push("the text holds a mark that separates the buyer's words from the instructions");
  }
  if (holdsKnownSecret(text) || holdsLikelySecret(text))
    reasons.push('the text holds a secret, or what looks like one');
  const run = verbatimRun(text, instructions, allowed);
  if (run !== null) {
    reasons.push(`the text repeats the handler's instructions word for word: "${withoutSecrets(run)}"`);
  }
  return reasons.length === 0 ? undefined : reasons.join('; ');
}

/**
 * Checks a text as the option `guard` of a generator says.
 * @returns why an operator must review the text, or undefined when nothing was found.
 */
export function guardWith(guard: Guard, text: string, options: GuardOptions): string | undefined {
  if (guard === false) return undefined;
  return guardText(text, guard === true ? options : { ...options, allowed: guard.allowed });
}

/**
 * @returns the beginning of the run of instructions that the text repeats, or null when no run is
 * long enough.
 */
function verbatimRun(text: string, instructions: string, allowed: readonly string[]): string | null {
  const { letters, places } = lettersOf(instructions);
  if (letters.length < SHORTEST_INSTRUCTIONS) return null;
  const told = withoutAllowed(letters, allowed);
  const said = lettersOf(text).letters;
  const run = Math.min(SUSPICIOUS_RUN, told.length);
  const window = Math.min(WINDOW, told.length);
  for (let start = 0; start + window <= told.length; start += STEP) {
    if (!said.includes(told.slice(start, start + window))) continue;
    for (
      let first = Math.max(0, start - STEP + 1);
      first <= start && first + run <= told.length;
      first += 1
    ) {
      if (said.includes(told.slice(first, first + run)))
        return cutText(instructions.slice(places[first] ?? 0), QUOTED);
    }
  }
  return null;
}

/** Blanks the allowed parts, so that the places of the other letters stay. */
function withoutAllowed(letters: string, allowed: readonly string[]): string {
  return allowed
    .map((part) => lettersOf(part).letters)
    .filter((part) => part !== '')
    .reduce((rest, part) => rest.replaceAll(part, ALLOWED.repeat(part.length)), letters);
}

/**
 * The letters and digits of a text, and the position of each. So case, spaces and layout marks do
 * not matter.
 */
function lettersOf(text: string): { letters: string; places: number[] } {
  const letters: string[] = [];
  const places: number[] = [];
  for (const { 0: letter, index } of text.matchAll(/[\p{L}\p{N}]/gu)) {
    const lower = letter.toLowerCase();
    letters.push(lower);
    // A letter may be longer in lower case, or be a pair of surrogates.
    for (let unit = 0; unit < lower.length; unit += 1) places.push(index);
  }
  return { letters: letters.join(''), places };
}
