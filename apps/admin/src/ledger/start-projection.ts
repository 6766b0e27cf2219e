import { openLedger, startProjector } from '@fulfillment/ledger';
import { type AdminSettings, ChangeFeed, type Runtime, recordReader } from '@fulfillment/platform';

/**
 * Keeps the ledger up to date until the process stops. The database may be away: the change feed
 * then holds the changes, and the projector retries.
 */
export async function startProjection(
  runtime: Runtime,
  settings: Pick<AdminSettings, 'LEDGER_URL'>,
): Promise<void> {
  const { redis, keys, stopping } = runtime;
  const ledger = await openLedger(settings.LEDGER_URL);
  const feed = new ChangeFeed(redis, keys);
  const projector = startProjector(runtime, { ledger, feed, reader: recordReader(redis, keys) });
  stopping.addEventListener('abort', () => {
    void projector.stop().then(() => ledger.close());
  });
}
