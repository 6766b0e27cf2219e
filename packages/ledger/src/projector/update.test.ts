import { ChangeFeed, recordReader } from '@fulfillment/platform';
import { openScratch } from '@fulfillment/platform/test-support';
import { sql } from 'kysely';
import { afterAll, describe, expect, test } from 'vitest';
import { migratorOf } from '../database/migrate.ts';
import { openLedger } from '../ledger.ts';
import { temporaryLedgerUrl } from '../test-support/open-test-ledger.ts';
import { NOON, sourceOf } from '../test-support/sources.ts';
import { startPostgres } from '../test-support/start-postgres.ts';
import { compareLedger } from './compare-ledger.ts';
import { takeOver } from './epoch.ts';
import { Projector } from './projector.ts';
import { markAll } from './seed.ts';
import { storeOrders } from './store-orders.ts';

const DAY = 86_400_000;
const scratch = await openScratch();
const { redis, keys, log } = scratch;
const feed = new ChangeFeed(redis, keys);
const reader = recordReader(redis, keys);
const postgres = await startPostgres();
afterAll(async () => {
  await postgres[Symbol.asyncDispose]();
  await scratch[Symbol.asyncDispose]();
});

describe.each([
  { name: 'SQLite', server: undefined },
  { name: 'Postgres', server: postgres },
])('while an older version still projects, in $name', ({ server }) => {
  /** A ledger that a page or a command of this version has just updated. */
  async function openUpdated() {
    const place = await temporaryLedgerUrl(server);
    const ledger = await openLedger(place.url);
    const { writer, dialect } = ledger.connections;
    await migratorOf(writer, dialect).migrateTo('004-sums-of-days');
    await writer.updateTable('ledger_state').set({ seeded_at: NOON }).execute();
    const olderEpoch = await takeOver(writer);
    await ledger.migrate();
    return {
      ledger,
      olderEpoch,
      /** The older version does not know the sums of payouts. */
      async writeAsOlder() {
        await sql`insert into payouts (order_key, fact_key, at, outcome, amount_micros, net_micros)
          values ('a/1', 'payout:1', ${NOON}, 'sent', 7, 8)`.execute(writer);
      },
      async [Symbol.asyncDispose]() {
        await ledger.close();
        await place[Symbol.asyncDispose]();
      },
    };
  }

  test('its payouts are summed up by the projector of this version', async () => {
    await using opened = await openUpdated();
    const { ledger, writeAsOlder } = opened;
    await writeAsOlder();
    await new Projector({ ledger, feed, reader, log }).begin();
    expect(await ledger.money.payouts({ from: NOON - DAY / 2, to: NOON + DAY / 2 })).toMatchObject({
      sent: 7,
      sentCount: 1,
    });
    expect(await compareLedger(ledger, reader, [])).toEqual([]);
  });

  test('a rebuild keeps the older version from further writes', async () => {
    await using opened = await openUpdated();
    const { ledger, olderEpoch } = opened;
    await markAll(ledger, feed);
    await expect(storeOrders(ledger.connections, [sourceOf()], olderEpoch)).rejects.toThrow(
      'Another process',
    );
  });
});
