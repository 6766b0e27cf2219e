import type { ChangeFeed } from '@fulfillment/platform';
import { liftTimeLimit } from '../database/lift-time-limit.ts';
import type { Ledger } from '../ledger.ts';
import { takeOver } from './epoch.ts';
import { rebuildSums } from './rebuild-sums.ts';

/**
 * Marks all records for projection if this ledger has never read them, or an update of the product
 * requires it. Call `takeOver` first, so that no older version writes meanwhile.
 * @returns how many orders were marked.
 */
export async function seed(ledger: Ledger, feed: ChangeFeed): Promise<number> {
  const { seeded_at: seededAt } = await ledger.connections.writer
    .selectFrom('ledger_state')
    .select('seeded_at')
    .where('id', '=', 1)
    .executeTakeFirstOrThrow();
  return seededAt === null ? readAgain(ledger, feed) : 0;
}

/**
 * Marks all records for projection, and sums up the orders again. A projector that runs must begin
 * again. An older version of the product cannot do so, and would write orders without the sums
 * that it does not know.
 * @returns how many orders were marked.
 */
export async function markAll(ledger: Pick<Ledger, 'connections'>, feed: ChangeFeed): Promise<number> {
  await takeOver(ledger.connections.writer);
  return readAgain(ledger, feed);
}

async function readAgain(
  { connections: { writer, dialect } }: Pick<Ledger, 'connections'>,
  feed: ChangeFeed,
): Promise<number> {
  const marked = await feed.markAll();
  await writer.transaction().execute(async (transaction) => {
    await liftTimeLimit(transaction, dialect);
    // Keeps the projector from writing orders meanwhile: each of its transactions holds this row.
    await transaction.updateTable('ledger_state').set({ seeded_at: Date.now() }).execute();
    await rebuildSums(transaction);
  });
  return marked;
}
