import { factsOf, type OrderRecord } from '../record/record.ts';
import type { Retention } from './define-fact.ts';
import { FACT_TYPES, type FactOf, type FactType, type Recorded, rulesOf } from './facts.ts';

/** Records with fewer facts than this are not trimmed. */
const FACTS_ENOUGH = 100;

/**
 * The facts of a long-open order that nothing depends on any more, according to the `keep` of their
 * types.
 */
export function outlivedFacts(record: OrderRecord): Recorded[] {
  if (record.facts.length <= FACTS_ENOUGH) return [];
  return FACT_TYPES.flatMap((type) => outlivedOf(factsOf(record, type), rulesOf(type).keep));
}

function outlivedOf<T extends FactType>(
  facts: Recorded<FactOf<T>>[],
  keep: Retention<FactOf<T>>,
): Recorded<FactOf<T>>[] {
  if (keep === 'always') return [];
  const { newest, per = () => '', andFirst = () => false } = keep;
  const first = facts.find(andFirst);
  const older = [...Map.groupBy(facts, per).values()].flatMap((group) => group.slice(0, -newest));
  return older.filter((fact) => fact !== first);
}
