import { openLedger, storeOrders, takeOver } from '@fulfillment/ledger';
import { type Runtime, recordReader, summarise } from '@fulfillment/platform';
import { decide } from '@fulfillment/shared';

const MOST = 1000;

/** Projects every record into the ledger, as the projector does, with the decision of now. */
export async function projectAll({ redis, keys, store, policy }: Runtime, url: string): Promise<void> {
  const ledger = await openLedger(url);
  await ledger.migrate();
  const refs = await store.index.list('all', 0, MOST);
  const [records, now] = await Promise.all([recordReader(redis, keys).read(refs), store.now()]);
  const sources = records
    .filter((source) => source !== null)
    .map((source) => ({ ...source, summary: summarise(source.record, decide(source.record, policy, now)) }));
  await storeOrders(ledger.connections, sources, await takeOver(ledger.connections.writer));
  await ledger.close();
}
