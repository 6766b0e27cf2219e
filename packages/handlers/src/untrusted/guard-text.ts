import { cutText, withoutSecrets } from '@fulfillment/shared';

export interface GuardOptions {
  /** What the model was told beside the job. A long verbatim run of it in the output is a leak. */
  instructions?: string;
  /** Words that must not be in the output: the marks around the buyer's words, for example. */
  marks?: readonly string[];
}

/** The marks that `aiText` and `aiCode` put around a buyer's words, of any call. */
const FENCE_MARK = /\b(?:BUYER|WORK)-[0-9a-f]{12}\b/;
/** So many letters and digits in a row are no coincidence: about twelve words. */
const LONGEST_RUN = 60;
/** Instructions shorter than this, in letters and digits, are not looked for: they may well be what the buyer ordered. */
const SHORTEST_INSTRUCTIONS = 25;
/** Every run of `LONGEST_RUN` holds one of the windows that begin at each multiple of `STEP`. */
const STEP = 20;
const WINDOW = LONGEST_RUN - STEP;
/** How much of a run is quoted in the reason. */
const QUOTED = 80;

/**
 * Checks a text of a model before a buyer gets it. A brief may ask the model for its instructions, and models obey.
 * @returns why an operator must review the text: it holds a mark of the prompt, a secret that this process knows or what looks like
 * one, or a long verbatim run of the instructions. The reason holds no secret. Undefined when nothing was found.
 */
export function guardText(
  text: string,
  { instructions = '', marks = [] }: GuardOptions = {},
): string | undefined {
  const reasons: string[] = [];
  if (FENCE_MARK.test(text) || marks.some((mark) => text.includes(mark))) {
    reasons.push("the text holds a mark that separates the buyer's words from the instructions");
  }
  if (withoutSecrets(text) !== text) reasons.push('the text holds a secret, or what looks like one');
  const run = verbatimRun(text, instructions);
  if (run !== null) {
    reasons.push(`the text repeats the handler's instructions word for word: "${withoutSecrets(run)}"`);
  }
  return reasons.length === 0 ? undefined : reasons.join('; ');
}

/** @returns the beginning of what the text repeats of the instructions; null when it repeats none for long. */
function verbatimRun(text: string, instructions: string): string | null {
  const told = lettersOf(instructions);
  if (told.letters.length < SHORTEST_INSTRUCTIONS) return null;
  const said = lettersOf(text).letters;
  const window = Math.min(WINDOW, told.letters.length);
  for (let start = 0; start + window <= told.letters.length; start += STEP) {
    const found = said.indexOf(told.letters.slice(start, start + window));
    if (found < 0) continue;
    const first = told.places[start] ?? 0;
    return cutText(instructions.slice(first), QUOTED);
  }
  return null;
}

/** The letters and digits of a text, so that neither case nor spaces nor marks of its layout matter; and where each stands. */
function lettersOf(text: string): { letters: string; places: number[] } {
  const letters: string[] = [];
  const places: number[] = [];
  for (const { 0: letter, index } of text.matchAll(/[\p{L}\p{N}]/gu)) {
    const lower = letter.toLowerCase();
    letters.push(lower);
    // A letter may be longer in lower case, or a pair of surrogates.
    for (let unit = 0; unit < lower.length; unit += 1) places.push(index);
  }
  return { letters: letters.join(''), places };
}
