import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { compareLedger, openLedger } from '@fulfillment/ledger';
import { ChangeFeed, recordReader } from '@fulfillment/platform';
import { newOrder, openRuntime, until } from '@fulfillment/platform/test-support';
import { decide } from '@fulfillment/shared';
import { expect, test } from 'vitest';
import { startProjection } from './start-projection.ts';

test('the ledger follows the records, also after its database was away', async () => {
  await using opened = await openRuntime();
  const { runtime } = opened;
  const { store, redis, keys, policy } = runtime;
  const feed = new ChangeFeed(redis, keys);
  const folder = await mkdtemp(path.join(tmpdir(), 'projection-'));
  const ref = newOrder();
  const record = await store.appendAndLoad(ref, [{ type: 'priced', handler: 'painter', priceUsd: '45.00' }]);
  await store.settle(record, decide(record, policy, record.loadedAt));

  const file = path.join(folder, 'file');
  await writeFile(file, '');
  await startProjection(runtime, { LEDGER_URL: `file:${file}/ledger.sqlite` });
  await until('the trouble is noted', async () => (await feed.state()).trouble !== null);
  expect((await feed.state()).pending).toBe(1);

  const url = `file:${folder}/ledger.sqlite`;
  await startProjection(runtime, { LEDGER_URL: url });
  await until('the ledger has read the feed', async () => (await feed.state()).pending === 0);
  const ledger = await openLedger(url);
  expect(await compareLedger(ledger, recordReader(redis, keys), [ref])).toEqual([]);
  await ledger.close();
  await rm(folder, { recursive: true });
});
