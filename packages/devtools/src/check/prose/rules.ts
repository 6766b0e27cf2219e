import type { Passage, PassageKind } from './passage.ts';

/** A sentence or phrase that breaks the language rule. */
export interface Finding {
  line: number;
  rule: string;
  text: string;
}

/** Words a sentence may have, by the kind of its passage. */
const LONGEST_SENTENCE: Record<PassageKind, number> = { document: 25, cell: 25, comment: 30, text: 30 };

/** A wider table cell belongs into a paragraph or a list. In characters. */
const LONGEST_CELL = 200;

/** Phrases that read like a translation, and the plain form to write instead. */
const PHRASES: readonly { pattern: RegExp; instead: string }[] = [
  { pattern: /\banew\b/i, instead: '"again", or name the new thing' },
  { pattern: /\bfor ever\b/i, instead: '"forever" or a limit' },
  { pattern: /\ball the while\b/i, instead: '"meanwhile"' },
  { pattern: /\bat all times\b/i, instead: '"always"' },
  { pattern: /\bthereby\b/i, instead: 'two sentences' },
  { pattern: /\bas (it|they) must\b/i, instead: 'the requirement itself' },
  { pattern: /\bby itself\b/i, instead: '"automatically", or drop it' },
  {
    pattern: /\b(is|are|was|were|be|been|being|not|hears?|has) told\b|\btold (what|that|of|to|apart)\b/i,
    instead: '"reports", "receives" or "distinguishes"',
  },
  {
    pattern: /\b(is|are|was|were|be|been) (made again|looked at|let)\b/i,
    instead: '"regenerated", "read" or "allowed"',
  },
  { pattern: /\blook(s|ed|ing)? at\b/i, instead: '"read", "fetch", "check" or "review"' },
  { pattern: /(?<!there )\b(is|are|was|were) (no|none)\b(?! longer)/i, instead: '"is not a" or "has no"' },
  { pattern: /\b(is|are|was|were) not let\b/i, instead: '"denied access"' },
  { pattern: /\btells? (no|nothing|what|when|how|that)\b/i, instead: '"reports"' },
  { pattern: /\bmade again\b/i, instead: '"regenerated"' },
  { pattern: /\bis waited for\b/i, instead: 'the actor and "waits for"' },
  { pattern: /\bword of (the|a|an|some)/i, instead: 'the message itself' },
  { pattern: /\b(what|who) (is|was|were|are|it|they|we|he) \w+(ed|es|de|n)\b/i, instead: 'the noun' },
];

/** Checks one passage against every rule. */
export function findingsIn(passage: Passage): Finding[] {
  const text = withoutCode(passage.text);
  const { line, kind } = passage;
  const phrases = PHRASES.flatMap(({ pattern, instead }) => {
    const match = pattern.exec(text);
    return match ? [{ line, rule: `"${match[0]}": write ${instead}`, text: passage.text }] : [];
  });
  const long = sentencesOf(text).flatMap((sentence) => {
    const words = sentence.split(/\s+/).filter((word) => /\w/.test(word)).length;
    const limit = LONGEST_SENTENCE[kind];
    return words > limit
      ? [{ line, rule: `${words} words in a sentence: at most ${limit}`, text: sentence }]
      : [];
  });
  const chains = sentencesOf(text).flatMap((sentence) =>
    /;\s/.test(sentence) ? [{ line, rule: '";" joins sentences: write two', text: sentence }] : [],
  );
  const wide =
    kind === 'cell' && passage.text.length > LONGEST_CELL
      ? [
          {
            line,
            rule: `${passage.text.length} characters in a table cell: at most ${LONGEST_CELL}`,
            text: passage.text,
          },
        ]
      : [];
  return [...phrases, ...long, ...chains, ...wide];
}

/** Code, links and quotations are not prose of ours. A code span counts as one word. */
function withoutCode(text: string): string {
  return text
    .replace(/`[^`]*`/g, 'code')
    .replace(/\]\([^)]*\)/g, ']')
    .replace(/https?:\/\/\S+/g, 'address');
}

function sentencesOf(text: string): string[] {
  return text.split(/(?<=[.!?:])\s+(?=["([*]*[A-Z])/);
}
