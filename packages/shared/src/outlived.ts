import type { FactType, Recorded } from './facts.ts';
import { factsOf, type OrderRecord } from './record.ts';

/** Records with fewer facts than this are left as they are. */
const FACTS_ENOUGH = 100;

/**
 * How many of the facts that may come without end are kept, the newest. All others are bounded by what an order can go through: its
 * statuses, rounds, steps and tries.
 */
const KEPT = { heard: 50, buyer_message: 200, read_failed: 10 } as const satisfies Partial<
  Record<FactType, number>
>;

/** The facts of an order that stays open for long which nothing depends on any more. */
export function outlivedFacts(record: OrderRecord): Recorded[] {
  if (record.facts.length <= FACTS_ENOUGH) return [];
  const types = Object.keys(KEPT) as (keyof typeof KEPT)[];
  return types.flatMap((type) => factsOf(record, type).slice(0, -KEPT[type]));
}
