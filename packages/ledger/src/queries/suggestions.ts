import type { LedgerConnections } from '../database/connections.ts';

/** The qualifiers whose values a search box suggests. */
export type SuggestedField = 'agent' | 'handler' | 'service' | 'buyer';

const COLUMNS = { agent: 'agent_id', handler: 'handler', service: 'service', buyer: 'buyer' } as const;
/** Suggestions come from this many of the newest orders. */
const NEWEST = 5000;
const MOST_SUGGESTED = 50;

/** The most frequent values of a field among the newest orders. */
export async function suggestValues({ reader }: LedgerConnections, field: SuggestedField): Promise<string[]> {
  const column = COLUMNS[field];
  const newest = reader
    .selectFrom('orders')
    .select((eb) => eb.ref(column).as('value'))
    .orderBy('updated_at', 'desc')
    .limit(NEWEST);
  const rows = await reader
    .selectFrom(newest.as('newest'))
    .select('value')
    .where('value', 'is not', null)
    .groupBy('value')
    .orderBy((eb) => eb.fn.countAll(), 'desc')
    .orderBy('value')
    .limit(MOST_SUGGESTED)
    .execute();
  return rows.flatMap(({ value }) => value ?? []);
}
