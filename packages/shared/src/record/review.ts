import type { FactOf, Recorded } from '../facts/facts.ts';
import { stepKey } from '../jobs/step-key.ts';
import { factsOf, type OrderRecord } from './record.ts';
import { releasesOf } from './releases.ts';
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

/** What an operator asked of the generation of a round. */
export type GenerationRequest = Recorded<FactOf<'reviewed' | 'operator_released' | 'operator_retried'>>;

/**
 * The requests of operators for a round: drafts to regenerate, releases that were not taken back,
 * and retries. Oldest first.
 */
export function generationRequests(record: OrderRecord, round: Round): GenerationRequest[] {
  const releases = releasesOf(record);
  return record.facts.filter((fact): fact is GenerationRequest => {
    switch (fact.type) {
      case 'reviewed':
        return fact.round === round && fact.verdict === 'regenerate';
      case 'operator_released':
        return fact.round === round && releases.includes(fact);
      case 'operator_retried':
        return fact.stepKey === stepKey({ name: 'generate', round });
      default:
        return false;
    }
  });
}

/**
 * The operators' notes to the handler for the current draft of a round: those on earlier drafts, on
 * releases and on retries, in order. Null: there is none.
 */
export function noteFor(record: OrderRecord, round: Round): string | null {
  const notes = generationRequests(record, round).flatMap(({ note }) => (note ? [note] : []));
  return notes.length > 0 ? notes.join('\n\n') : null;
}
