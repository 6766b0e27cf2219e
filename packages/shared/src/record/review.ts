import type { FactOf, Recorded } from '../facts/facts.ts';
import { factsOf, type OrderRecord } from './record.ts';
import type { Round } from './rounds.ts';

/**
 * How often an operator had a round regenerated. This count is the number of the current draft: 0
 * for the first.
 */
export function draftOf(record: OrderRecord, round: Round): number {
  return factsOf(record, 'reviewed').filter((fact) => fact.round === round && fact.verdict === 'regenerate')
    .length;
}

/**
 * The output of a draft of a round. Default: the current draft. Undefined: the draft has not been
 * generated yet.
 */
export function generatedOf(
  record: OrderRecord,
  round: Round,
  draft = draftOf(record, round),
): Recorded<FactOf<'generated'>> | undefined {
  return factsOf(record, 'generated').find((fact) => fact.round === round && fact.draft === draft);
}

/** An operator's last verdict on a draft. */
export function verdictOn(
  record: OrderRecord,
  round: Round,
  draft: number,
): Recorded<FactOf<'reviewed'>> | undefined {
  return factsOf(record, 'reviewed').findLast((fact) => fact.round === round && fact.draft === draft);
}

/**
 * The operator's notes for the current draft of a round: all notes, in order. Null: the current
 * draft is the first.
 */
export function noteFor(record: OrderRecord, round: Round): string | null {
  const notes = factsOf(record, 'reviewed')
    .filter((fact) => fact.round === round && fact.verdict === 'regenerate')
    .map((fact) => fact.note);
  return notes.length > 0 ? notes.join('\n\n') : null;
}
