import type { LedgerConnections } from '../database/connections.ts';
import { projectOrder } from '../projection/project-order.ts';
import type { ProjectionSource } from '../projection/source.ts';
import { holdEpoch } from './epoch.ts';
import { writeRows } from './write-rows.ts';

/**
 * Writes the rows of several orders in one transaction: all of them, or none.
 * @param epoch what `takeOver` returned.
 * @throws SupersededError if another process has taken over, and the database's error.
 */
export async function storeOrders(
  { writer }: Pick<LedgerConnections, 'writer'>,
  sources: readonly ProjectionSource[],
  epoch: number,
): Promise<void> {
  const rows = sources.map(projectOrder);
  await writer.transaction().execute(async (transaction) => {
    await holdEpoch(transaction, epoch);
    await writeRows(transaction, rows);
  });
}
