import type { LedgerConnections } from '../database/connections.ts';
import type { ProjectionSource } from '../projection/source.ts';
import { storeOrders } from './store-orders.ts';
import { SupersededError } from './superseded-error.ts';

/**
 * Stores orders in one transaction. If the database rejects the transaction, stores each order in
 * a transaction of its own, so that one order cannot hold up the others.
 * @returns the errors of the orders that the database rejects, by their place.
 * @throws the database's error if the database is away, or rejects every order.
 */
export async function storeEach(
  connections: Pick<LedgerConnections, 'writer'>,
  sources: readonly ProjectionSource[],
  epoch: number,
): Promise<Map<number, unknown>> {
  const errors = new Map<number, unknown>();
  try {
    await storeOrders(connections, sources, epoch);
    return errors;
  } catch (error) {
    if (error instanceof SupersededError) throw error;
    await probe(connections);
    for (const [place, source] of sources.entries()) {
      await storeOrders(connections, [source], epoch).catch((problem: unknown) => {
        if (problem instanceof SupersededError) throw problem;
        errors.set(place, problem);
      });
    }
    if (sources.length > 1 && errors.size === sources.length) throw error;
    return errors;
  }
}

/** @throws the database's error if the database takes no write at all. */
async function probe({ writer }: Pick<LedgerConnections, 'writer'>): Promise<void> {
  await writer
    .updateTable('ledger_state')
    .set((eb) => ({ epoch: eb.ref('epoch') }))
    .where('id', '=', 1)
    .execute();
}
