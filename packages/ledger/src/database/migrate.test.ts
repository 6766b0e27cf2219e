import { sql } from 'kysely';
import { afterAll, describe, expect, test } from 'vitest';
import { openLedger } from '../ledger.ts';
import { rebuildSums } from '../projector/rebuild-sums.ts';
import { sumOf } from '../queries/money/money-sums.ts';
import { temporaryLedgerUrl } from '../test-support/open-test-ledger.ts';
import { delayEach, withTimeLimit } from '../test-support/slow-postgres.ts';
import { NOON } from '../test-support/sources.ts';
import { startPostgres } from '../test-support/start-postgres.ts';
import { migratorOf } from './migrate.ts';
import type { OrdersTable } from './schema.ts';

const DAY = 86_400_000;
const postgres = await startPostgres();
afterAll(() => postgres[Symbol.asyncDispose]());

/** An order as the version before the sums of days stored it. */
const stored = (key: string, more: Partial<OrdersTable> & { waste_micros?: number }) => ({
  key,
  agent_id: 'a',
  order_id: key,
  excerpt: '',
  status: 'completed',
  stage: 'completed',
  money_state: 'paid_out',
  is_open: 0,
  is_urgent: 0,
  known_cost_micros: 0,
  waste_micros: 0,
  updated_at: NOON,
  attention_count: 0,
  unread_count: 0,
  tries: 0,
  run_ms: 0,
  revisions: 0,
  ...more,
});

const insertOrder = (order: ReturnType<typeof stored>) =>
  sql`insert into orders (${sql.join(Object.keys(order).map((name) => sql.ref(name)))})
    values (${sql.join(Object.values(order))})`;

describe.each([
  { name: 'SQLite', server: undefined },
  { name: 'Postgres', server: postgres },
])('a ledger of an earlier version in $name', ({ server }) => {
  test('has the sums of its orders, whose records may be forgotten', async () => {
    await using place = await temporaryLedgerUrl(server);
    const ledger = await openLedger(place.url);
    const { writer, dialect } = ledger.connections;
    await migratorOf(writer, dialect).migrateTo('003-project-again');
    const long = 'Portrait '.repeat(1000);
    for (const order of [
      stored('a/1', {
        paid_at: NOON,
        price_micros: 9,
        fee_micros: 1,
        net_micros: 8,
        margin_micros: 3,
        cost_micros: 5,
        known_cost_micros: 5,
        waste_micros: 2,
      }),
      stored('a/2', {
        paid_at: NOON,
        paid_out_at: NOON + DAY,
        price_micros: 20,
        fee_micros: 2,
        net_micros: 18,
        service_id: 's',
        service: server === undefined ? long : 'Portrait',
      }),
      stored('a/3', { money_state: 'unpaid' }),
    ])
      await insertOrder(order).execute(writer);
    await sql`insert into costs (order_key, fact_key, at, step, round, model, cost_micros, waste)
      values ('a/1', 'used', ${NOON}, 'generate', '0', 'm', 2, 'failed')`.execute(writer);
    await sql`insert into payouts (order_key, fact_key, at, outcome, amount_micros, net_micros)
      values ('a/1', 'payout:1', ${NOON}, 'sent', 7, 8), ('a/2', 'payout:1', ${NOON}, 'sent', null, 18)`.execute(
      writer,
    );

    await ledger.migrate();
    const days = { from: 0, to: NOON + 12 * 3_600_000 };
    expect(await ledger.money.payouts(days)).toMatchObject({ sent: 7, difference: -1, unknownNet: 18 });
    await rebuildSums(writer);

    const range = { basis: 'paid', from: 0, to: NOON + 12 * 3_600_000 } as const;
    expect(sumOf((await ledger.money.by('day', range)).rows)).toMatchObject({
      orders: 2,
      booked: 29,
      net: 26,
      margin: 3,
      marginNet: 8,
      ordersWithUnknownCost: 1,
      wasteBy: { failed: 2, regenerated: 0, declined: 0, cancelled: 0 },
    });
    expect((await ledger.money.by('service', range)).rows.map(({ orders }) => orders)).toEqual([1, 1]);
    expect(
      sumOf((await ledger.money.by('day', { basis: 'paid_out', from: 0, to: range.to + DAY })).rows),
    ).toMatchObject({
      orders: 1,
      booked: 20,
    });
    const { seeded_at: seededAt } = await writer
      .selectFrom('ledger_state')
      .select('seeded_at')
      .executeTakeFirstOrThrow();
    expect(seededAt).toBeNull();
    await ledger.close();
  });
});

test('a migration may take longer than a query in Postgres', async () => {
  const url = await postgres.createDatabase();
  const ledger = await openLedger(withTimeLimit(url));
  const { writer, dialect } = ledger.connections;
  await migratorOf(writer, dialect).migrateTo('003-project-again');
  await insertOrder(stored('a/1', { category: 'Portrait '.repeat(20) })).execute(writer);
  await delayEach('update', 'orders').execute(writer);
  await ledger.migrate();
  const { category } = await writer.selectFrom('orders').select('category').executeTakeFirstOrThrow();
  expect(category).toHaveLength(120);
  // The limit of queries is unchanged.
  await expect(sql`select pg_sleep(2)`.execute(writer)).rejects.toThrow('statement timeout');
  await ledger.close();
});
