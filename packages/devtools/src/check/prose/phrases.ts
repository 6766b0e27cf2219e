/** A phrase that the language rule excludes. */
export interface Phrase {
  pattern: RegExp;
  /** What to write. Completes "write …". */
  instead: string;
}

/** Phrases that read like a translation, and the plain form to write instead. */
export const PHRASES: readonly Phrase[] = [
  { pattern: /\banew\b/i, instead: '"again", or name the new thing' },
  { pattern: /\bfor ever\b/i, instead: '"forever", or a limit' },
  { pattern: /\ball the while\b/i, instead: '"meanwhile"' },
  { pattern: /\bat all times\b/i, instead: '"always"' },
  { pattern: /\bthereby\b/i, instead: 'two sentences' },
  { pattern: /\bas (it|they) must\b/i, instead: 'the requirement itself' },
  { pattern: /\bby itself\b/i, instead: '"automatically", or drop it' },
  {
    pattern: /(?<!ready-)\bmade\b(?!-up| up of)/i,
    instead: 'the verb for this object: "generated", "sent", "created", "written"',
  },
  { pattern: /\btold\b/i, instead: '"reported", "informed", "asked" or "distinguished"' },
  {
    pattern: /\btells? (no|nothing|what|when|how|that|of|us)\b/i,
    instead: '"reports", "says" or "shows"',
  },
  { pattern: /\blets?\b(?!')/i, instead: '"allows", "permits" or the direct verb' },
  {
    pattern: /\bstands?\b(?! for\b)/i,
    instead: '"is", "waits" or "stops"',
  },
  { pattern: /\blook(s|ed|ing)? at\b/i, instead: '"read", "fetch", "check" or "review"' },
  {
    pattern: /(?<!there )\b(is|are|was|were) (no|none)\b(?! longer)/i,
    instead: '"is not a" or "has no"',
  },
  { pattern: /\bis waited for\b/i, instead: 'the actor and "waits for"' },
  { pattern: /\b(no|has|had|hears?|gets?|sends?) word of\b/i, instead: 'the message itself' },
  {
    pattern: /\b(what|who) (is|was|were|are|it|they|we|he) \w+(ed|es|de|n)\b/i,
    instead: 'the noun, such as "the output" or "the call"',
  },
  {
    pattern:
      /(^|\. )Where [^.,?]+, (?!and\b|or\b|as\b|in\b|by\b|for\b|like\b)|\bwhere (there|it|they|that|none) (is|are|was|has)\b/i,
    instead: '"If" or "When"',
  },
];
