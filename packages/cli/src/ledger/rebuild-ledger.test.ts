import { execFile } from 'node:child_process';
import path from 'node:path';
import { compareLedger } from '@fulfillment/ledger';
import { openTestLedger } from '@fulfillment/ledger/test-support';
import { RecordStore, recordReader } from '@fulfillment/platform';
import { newOrder, openScratch } from '@fulfillment/platform/test-support';
import { expect, test } from 'vitest';

const MAIN = path.join(import.meta.dirname, '../main.ts');

function call(action: string, env: NodeJS.ProcessEnv): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [MAIN, 'ledger', action], { env }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), output: `${stdout}${stderr}` }),
    );
  });
}

test('ledger rebuild writes every record, and fails in one line without Redis', async () => {
  await using scratch = await openScratch();
  await using opened = await openTestLedger();
  const { redis, keys } = scratch;
  const refs = [newOrder(), newOrder()];
  for (const ref of refs) {
    await new RecordStore(redis, keys).append(ref, [
      { type: 'priced', handler: 'painter', priceUsd: '45.00' },
    ]);
  }
  const env = {
    PATH: process.env.PATH,
    REDIS_URL: scratch.url,
    REDIS_KEY_PREFIX: scratch.prefix,
    LEDGER_URL: opened.url,
  };
  expect(await call('rebuild', env)).toEqual({
    code: 0,
    output: '2 orders to write.\nThe ledger has every record.\n',
  });
  expect(await compareLedger(opened.ledger, recordReader(redis, keys), refs)).toEqual([]);
  expect((await opened.ledger.orders.find(refs[0] ?? newOrder()))?.order.handler).toBe(null);

  expect(await call('detach', { ...env, REDIS_URL: 'redis://127.0.0.1:1' })).toMatchObject({
    code: 1,
    output: expect.stringMatching(/^.*ECONNREFUSED.*\n$/),
  });
});
