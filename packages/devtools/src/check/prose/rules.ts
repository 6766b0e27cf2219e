import type { Passage, PassageKind } from './passage.ts';
import { PHRASES } from './phrases.ts';

/** A sentence or phrase that breaks the language rule. */
export interface Finding {
  /** The line on which the passage begins, from 1. */
  line: number;
  /** What is wrong, and what to write. */
  rule: string;
  /** The sentence or the line. */
  text: string;
}

/** Words a sentence may have, by the kind of its passage. */
const LONGEST_SENTENCE: Record<PassageKind, number> = { document: 25, cell: 25, comment: 30, text: 30 };

/** A wider table cell belongs into a paragraph or a list. In characters, as the reader sees them. */
const WIDEST_CELL = 120;

/** Checks one passage against every rule about its words. */
export function findingsIn(passage: Passage): Finding[] {
  const text = withoutCode(passage.text);
  return [...phraseFindings(passage, text), ...sentenceFindings(passage, text), ...cellFindings(passage)];
}

function phraseFindings({ line, text }: Passage, prose: string): Finding[] {
  return PHRASES.flatMap(({ pattern, instead }) => {
    const match = pattern.exec(prose);
    return match ? [{ line, rule: `"${match[0].trim()}": write ${instead}`, text }] : [];
  });
}

function sentenceFindings({ line, kind }: Passage, prose: string): Finding[] {
  return prose.split(/(?<=[.!?:])\s+(?=["([*_]*[A-Z])/).flatMap((text) => {
    const words = text.split(/\s+/).filter((word) => /\w/.test(word)).length;
    const limit = LONGEST_SENTENCE[kind];
    const findings: Finding[] = [];
    if (words > limit) {
      findings.push({ line, rule: `a sentence of ${words} words: write two, of at most ${limit}`, text });
    }
    if (/;\s/.test(text)) findings.push({ line, rule: '";" joins two sentences: write two', text });
    return findings;
  });
}

function cellFindings({ kind, line, text }: Passage): Finding[] {
  const visible = text.replace(/\]\([^)]*\)/g, ']').length;
  if (kind !== 'cell' || visible <= WIDEST_CELL) return [];
  const rule = `a table cell of ${visible} characters: at most ${WIDEST_CELL}, or use a list`;
  return [{ line, rule, text }];
}

/** Code, links and quotations are not prose of ours. A code span counts as one word. */
function withoutCode(text: string): string {
  return text
    .replace(/`[^`]*`/g, 'code')
    .replace(/\]\([^)]*\)/g, ']')
    .replace(/https?:\/\/\S+/g, 'address');
}
