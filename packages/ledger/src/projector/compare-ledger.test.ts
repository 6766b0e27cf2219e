import { ChangeFeed, recordReader } from '@fulfillment/platform';
import { openScratch } from '@fulfillment/platform/test-support';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PAYOUT_SUM_COLUMNS, SUM_COLUMNS } from '../database/money-schema.ts';
import { openTestLedger, type TestLedger } from '../test-support/open-test-ledger.ts';
import { sourceOf } from '../test-support/sources.ts';
import { startPostgres } from '../test-support/start-postgres.ts';
import { compareLedger } from './compare-ledger.ts';
import { takeOver } from './epoch.ts';
import { markAll } from './seed.ts';
import { storeOrders } from './store-orders.ts';

const scratch = await openScratch();
const reader = recordReader(scratch.redis, scratch.keys);
const feed = new ChangeFeed(scratch.redis, scratch.keys);
const postgres = await startPostgres();
afterAll(async () => {
  await postgres[Symbol.asyncDispose]();
  await scratch[Symbol.asyncDispose]();
});

const COMPLETED = { status: 'completed', completed_at: '2026-11-23 12:00:00' };
const PAYOUT = { type: 'payout', amountUsd: '40.00', chain: 'base', txHash: '0x1', reason: null } as const;

describe.each([
  { name: 'SQLite', server: undefined },
  { name: 'Postgres', server: postgres },
])('a comparison in $name', ({ server }) => {
  let opened: TestLedger;
  beforeAll(async () => {
    opened = await openTestLedger(server);
    const { connections } = opened.ledger;
    const epoch = await takeOver(connections.writer);
    const sources = [
      sourceOf({ id: 'ord_1', ...COMPLETED, payout_tx_hash: '0x1' }),
      sourceOf({ id: 'ord_2', ...COMPLETED }, [{ ...PAYOUT, outcome: 'sent' }]),
      sourceOf({ id: 'ord_3', ...COMPLETED, service_id: null }, [{ ...PAYOUT, outcome: 'failed' }]),
      sourceOf({ id: 'ord_4' }),
    ];
    await storeOrders(connections, sources, epoch);
  });
  afterAll(() => opened[Symbol.asyncDispose]());

  test.each([
    ...SUM_COLUMNS.map((name) => ['money_days', `${name} = ${name} + 1`]),
    ['money_days', 'day = day + 1'],
    ...['agent_id', 'service_id', 'service', 'handler'].map((name) => ['money_days', `${name} = 'other'`]),
    ['money_days', `money_state = 'disputed' where money_state = 'in_progress'`],
    ['money_days', `basis = 'paid_out' where basis = 'paid' and money_state = 'in_progress'`],
    ...PAYOUT_SUM_COLUMNS.map((name) => ['payout_days', `${name} = ${name} + 1`]),
    ['payout_days', 'day = day + 1'],
    ['payout_days', `day = day + 1, outcome = 'sent' where outcome = 'failed'`],
  ])('finds that %s has a wrong %s, and a rebuild repairs it', async (table, change) => {
    const { ledger } = opened;
    const { writer } = ledger.connections;
    expect(await compareLedger(ledger, reader, [])).toEqual([]);
    await sql.raw(`update ${table} set ${change}`).execute(writer);
    expect(await compareLedger(ledger, reader, [])).toContainEqual(expect.stringContaining(`${table}: `));
    await markAll(ledger, feed);
    expect(await compareLedger(ledger, reader, [])).toEqual([]);
  });
});
