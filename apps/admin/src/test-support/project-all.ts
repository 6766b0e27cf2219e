import { openLedger, storeOrders, takeOver } from '@fulfillment/ledger';
import { type Runtime, summarise } from '@fulfillment/platform';
import { decide } from '@fulfillment/shared';

const MOST = 1000;

/** Projects every record into the ledger, as the projector does. */
export async function projectAll({ store, policy }: Runtime, url: string): Promise<void> {
  const ledger = await openLedger(url);
  await ledger.migrate();
  const summaries = await store.index.list('all', 0, MOST);
  const records = await Promise.all(summaries.map((ref) => store.load(ref)));
  const sources = records
    .filter((record) => record !== null)
    .map((record) => ({ record, summary: summarise(record, decide(record, policy, record.loadedAt)) }));
  await storeOrders(ledger.connections, sources, await takeOver(ledger.connections.writer));
  await ledger.close();
}
