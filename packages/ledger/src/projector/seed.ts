import type { ChangeFeed } from '@fulfillment/platform';
import type { Ledger } from '../ledger.ts';
import { rebuildSums } from './rebuild-sums.ts';

/**
 * Marks all records for projection if this ledger has never read them: the database is new, or its
 * file was lost.
 * @returns how many orders were marked.
 */
export async function seed({ connections }: Ledger, feed: ChangeFeed): Promise<number> {
  const { seeded_at: seededAt } = await connections.writer
    .selectFrom('ledger_state')
    .select('seeded_at')
    .where('id', '=', 1)
    .executeTakeFirstOrThrow();
  return seededAt === null ? markAll({ connections }, feed) : 0;
}

/** Marks all records for projection, and sums up the orders again. */
export async function markAll(
  { connections }: Pick<Ledger, 'connections'>,
  feed: ChangeFeed,
): Promise<number> {
  await rebuildSums(connections);
  const marked = await feed.markAll();
  await connections.writer
    .updateTable('ledger_state')
    .set({ seeded_at: Date.now() })
    .where('id', '=', 1)
    .execute();
  return marked;
}
