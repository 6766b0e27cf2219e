import { factsOf, type OrderRecord } from '../record/record.ts';
import type { FactType, Recorded } from './facts.ts';

/** Records with fewer facts than this are left as they are. */
const FACTS_ENOUGH = 100;

/**
 * How many of the facts that may come without end are kept, the newest. What a handler used is kept whole, since it is summed up; all
 * others are bounded by what an order can go through: its statuses, rounds, steps and tries.
 */
const KEPT = {
  heard: 50,
  buyer_message: 200,
  read_failed: 10,
  not_ours: 5,
  thread_unreadable: 10,
  thread_readable: 10,
  try_failed: 20,
} as const satisfies Partial<Record<FactType, number>>;

/** The facts of an order that stays open for long which nothing depends on any more. */
export function outlivedFacts(record: OrderRecord): Recorded[] {
  if (record.facts.length <= FACTS_ENOUGH) return [];
  const types = Object.keys(KEPT) as (keyof typeof KEPT)[];
  // When the order was paid is asked for later: the first that we heard of it stays.
  const paid = factsOf(record, 'heard').find(({ event }) => event === 'order.paid');
  const older = types.flatMap((type) => factsOf(record, type).slice(0, -KEPT[type]));
  return [...older.filter((fact) => fact !== paid), ...forgotten(record)];
}

/** What a handler remembered before it remembered something else: the last of each round and attempt counts. */
function forgotten(record: OrderRecord): Recorded[] {
  const remembered = factsOf(record, 'remembered');
  const last = new Map(remembered.map((fact) => [`${fact.round}:${fact.attempt}`, fact]));
  return remembered.filter((fact) => last.get(`${fact.round}:${fact.attempt}`) !== fact);
}
