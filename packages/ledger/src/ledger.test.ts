import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { OrderRow } from './database/schema.ts';
import type { Ledger } from './ledger.ts';
import { compareRows } from './projection/compare-rows.ts';
import { projectOrder } from './projection/project-order.ts';
import { takeOver } from './projector/epoch.ts';
import { storeOrders } from './projector/store-orders.ts';
import { sumOf } from './queries/money/money-sums.ts';
import { DEFAULT_SORT, type Sort } from './queries/sort.ts';
import { parseFilter } from './search/parse-filter.ts';
import { openTestLedger, type TestLedger } from './test-support/open-test-ledger.ts';
import { NOON, sourceOf } from './test-support/sources.ts';
import { startPostgres } from './test-support/start-postgres.ts';

const HOUR = 3600_000;
const postgres = await startPostgres();
afterAll(() => postgres[Symbol.asyncDispose]());

const ids = (rows: readonly OrderRow[]) => rows.map(({ order_id: id }) => id);

const SOURCES = [
  sourceOf({ id: 'ord_cat' }),
  sourceOf(
    {
      id: 'ord_apples',
      client_name: 'Łukasz',
      brief: 'Ein Korb voll ÄPFEL, 50% "reif"',
      status: 'completed',
      completed_at: '2026-11-23 13:00:00',
      created_at: '2026-11-20 09:00:00',
      quoted_price_usd: '120',
      platform_fee_usd: '12',
    },
    [
      { type: 'began', step: 'generate', round: '0', attempt: 0, start: 0, handler: 'fruit' },
      {
        type: 'used',
        step: 'generate',
        round: '0',
        attempt: 0,
        start: 0,
        index: 0,
        what: 'model-x',
        inputTokens: 100,
        cachedInputTokens: 40,
        outputTokens: 10,
        images: null,
        costUsd: 0.25,
      },
      {
        type: 'generated',
        round: '0',
        handler: 'fruit',
        draft: 0,
        review: false,
        products: [{ url: 'https://example.com/a.png', mediaType: 'image' }],
      },
      { type: 'completed', priceUsd: '120', feeUsd: '12', netUsd: '108.00' },
      { type: 'payout', outcome: 'sent', amountUsd: '108.00', chain: 'base', txHash: '0x1', reason: null },
    ],
  ),
  sourceOf({ id: 'ord_quote', status: 'pending_quote', quoted_price_usd: null, platform_fee_usd: null }),
];

describe.each([
  { name: 'SQLite', server: undefined },
  { name: 'Postgres', server: postgres },
])('the ledger in $name', ({ server }) => {
  let opened: TestLedger;
  let ledger: Ledger;
  let epoch: number;
  beforeAll(async () => {
    opened = await openTestLedger(server);
    ({ ledger } = opened);
    epoch = await takeOver(ledger.connections.writer);
    await storeOrders(ledger.connections, SOURCES, epoch);
    await ledger.connections.refreshStatistics();
  });
  afterAll(() => opened[Symbol.asyncDispose]());
  const find = async (filter: string, sort: Sort = DEFAULT_SORT) =>
    ids(await ledger.orders.search(parseFilter(filter), sort, { page: 1, size: 50, now: NOON }));

  describe('a search', () => {
    test.each([
      ['', ['ord_apples', 'ord_quote', 'ord_cat']],
      ['ÄPF', ['ord_apples']],
      ['äpfel', ['ord_apples']],
      ['"50% "', ['ord_apples']],
      ['my', ['ord_quote', 'ord_cat']],
      ['-my', ['ord_apples']],
      ['buyer:łuk', ['ord_apples']],
      ['handler:fruit', ['ord_apples']],
      ['-handler:fruit', ['ord_quote', 'ord_cat']],
      ['handler:=fruit', ['ord_apples']],
      ['handler:=frui', []],
      ['buyer:=Łukasz', ['ord_apples']],
      ['buyer:=łuk', []],
      ['order:=ord_cat', ['ord_cat']],
      ['order:=ord_ca', []],
      ['stage:pricing', ['ord_quote']],
      ['is:paid-out', ['ord_apples']],
      ['is:open price:>10', ['ord_cat']],
      ['due:<1d', ['ord_cat']],
      ['is:late', []],
      ['cost:<1', ['ord_quote', 'ord_apples', 'ord_cat']],
      ['paid:2026-11-20', ['ord_apples']],
      ['payout:2026', ['ord_apples']],
      ['xyz', []],
    ])('for %s', async (filter, expected) => {
      expect((await find(filter)).toSorted()).toEqual(expected.toSorted());
      expect(await ledger.orders.count(parseFilter(filter), NOON)).toEqual({
        count: expected.length,
        isExact: true,
      });
    });

    test('puts orders without a value last, whatever the direction, also across pages', async () => {
      for (const direction of ['asc', 'desc'] as const) {
        const sorted = await find('', { column: 'price', direction });
        expect(sorted.at(-1)).toBe('ord_quote');
        const page = (number: number) =>
          ledger.orders.search([], { column: 'price', direction }, { page: number, size: 1, now: NOON });
        expect(ids([await page(1), await page(2), await page(3), await page(4)].flat())).toEqual(sorted);
      }
    });
  });

  test('an order has its money, times and reports', async () => {
    const found = await ledger.orders.find({ agentId: 'agt_1', orderId: 'ord_apples' });
    expect(found?.order).toMatchObject({
      price_micros: 120_000_000,
      net_micros: 108_000_000,
      cost_micros: 250_000,
      margin_micros: 107_750_000,
      money_state: 'paid_out',
      completed_at: Date.UTC(2026, 10, 23, 13),
      run_ms: 2 * 60_000,
    });
    expect(found?.costs).toMatchObject([
      { handler: 'fruit', model: 'model-x', input_tokens: 100, cached_input_tokens: 40, waste: null },
    ]);
  });

  test('money adds up by period and by group', async () => {
    const range = { basis: 'paid', from: 0, to: NOON + 12 * HOUR } as const;
    const total = sumOf((await ledger.money.by('day', range)).rows);
    expect(total).toMatchObject({ orders: 2, booked: 165_000_000, cost: 250_000, ordersWithUnknownCost: 0 });
    expect(Object.values(total.byState).reduce((a, b) => a + b)).toBe(total.booked);
    for (const group of ['day', 'week', 'month', 'agent', 'service', 'handler', 'buyer'] as const) {
      const { rows } = await ledger.money.by(group, range);
      expect(sumOf(rows)).toEqual(total);
    }
    expect((await ledger.money.by('month', range)).rows.map(({ name }) => name)).toEqual(['2026-11-01']);
    expect(await ledger.money.payouts(range)).toMatchObject({ sent: 108_000_000, difference: 0 });
  });

  test('periods without an order count, too', async () => {
    const range = { basis: 'paid', from: Date.UTC(2026, 10, 22), to: Date.UTC(2026, 10, 26) } as const;
    const days = await ledger.money.over('day', range);
    expect(days.map(({ name, orders }) => [name, orders])).toEqual([
      ['2026-11-22', 0],
      ['2026-11-23', 1],
      ['2026-11-24', 0],
      ['2026-11-25', 0],
    ]);
    const weeks = await ledger.money.over('week', { ...range, from: 0 });
    expect(weeks.map(({ name }) => name)).toEqual(['2026-11-16', '2026-11-23']);
    expect(await ledger.money.over('day', { basis: 'paid', from: 0, to: 24 * HOUR })).toEqual([]);
  });

  test('rows stay the same when they are written again', async () => {
    const source = sourceOf({ id: 'ord_again' }, [
      { type: 'operator_retried', stepKey: 'deliver:0', attempt: 0, by: 'Ada' },
    ]);
    for (const _ of [1, 2]) await storeOrders(ledger.connections, [source], epoch);
    expect(await ledger.orders.find({ agentId: 'agt_1', orderId: 'ord_again' })).toEqual(
      projectOrder(source),
    );
  });

  test('an order with very long names is stored', async () => {
    // Random letters, which a database cannot compress.
    const long = () =>
      Array.from({ length: 20_000 }, () => String.fromCharCode(0x4e00 + Math.random() * 20_000)).join('');
    const source = sourceOf(
      {
        id: 'ord_long',
        service_id: long(),
        service_title: long(),
        client_name: long(),
        client_wallet: long(),
      },
      [
        { type: 'began', step: 'generate', round: '0', attempt: 0, start: 0, handler: long() },
        { type: 'failed', stepKey: 'generate:0', attempt: 0, reason: long() },
      ],
    );
    await storeOrders(ledger.connections, [source], epoch);
    expect(compareRows(projectOrder(source), await ledger.orders.find(source.record))).toEqual([]);
  });

  test('a process that was replaced writes nothing', async () => {
    await takeOver(ledger.connections.writer);
    await expect(storeOrders(ledger.connections, [sourceOf({ id: 'ord_late' })], epoch)).rejects.toThrow(
      'Another process',
    );
    expect(await ledger.orders.findById('ord_late')).toEqual([]);
  });

  test('several processes bring the tables up to date at the same time', async () => {
    await Promise.all([ledger.migrate(), ledger.migrate()]);
    expect(await ledger.orders.count([], NOON)).toMatchObject({ isExact: true });
  });
});

test('Postgres may crash: writes fail until it is back, and lose nothing', async () => {
  await using opened = await openTestLedger(postgres);
  const { connections, orders } = opened.ledger;
  const epoch = await takeOver(connections.writer);
  const [source = sourceOf()] = SOURCES;
  await postgres.crash();
  await expect(storeOrders(connections, [source], epoch)).rejects.toThrow();
  await postgres.restart();
  await storeOrders(connections, [source], epoch);
  expect(compareRows(projectOrder(source), await orders.find(source.record))).toEqual([]);
});
