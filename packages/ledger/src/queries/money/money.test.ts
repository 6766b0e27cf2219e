import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { MONEY_BASES, MONEY_STATES, NET_RULES, WASTES } from '../../database/money-schema.ts';
import type { OrderRow, PayoutRow } from '../../database/schema.ts';
import { SHOWN_PAYOUT } from '../../projection/facts/payouts.ts';
import { projectOrder } from '../../projection/project-order.ts';
import type { OrderRows } from '../../projection/rows.ts';
import { rebuildSums } from '../../projector/rebuild-sums.ts';
import { writeRows } from '../../projector/write-rows.ts';
import { openTestLedger } from '../../test-support/open-test-ledger.ts';
import { NOON, sourceOf } from '../../test-support/sources.ts';
import { startPostgres } from '../../test-support/start-postgres.ts';
import { MONEY_GROUPS, type MoneyRange } from './money.ts';
import { type MoneySums, sumOf } from './money-sums.ts';

const DAY = 86_400_000;
const TODAY = Math.floor(NOON / DAY);
const ALL = (basis: MoneyRange['basis']): MoneyRange => ({ basis, from: 0, to: (TODAY + 40) * DAY });

const postgres = await startPostgres();
afterAll(() => postgres[Symbol.asyncDispose]());

const EMPTY = projectOrder(sourceOf());
const amount = fc.option(fc.integer({ min: 0, max: 90_000_000 }));
const time = fc.option(fc.integer({ min: NOON - 40 * DAY, max: NOON }));

/** A change of one of a few orders, so that most changes replace an order. */
const changes = fc.record({
  key: fc.constantFrom('a/1', 'a/2', 'b/1', 'b/2', 'b/3'),
  service_id: fc.option(fc.constantFrom('s1', 's2')),
  service: fc.option(fc.constantFrom('Portraits', 'Logos')),
  handler: fc.option(fc.constantFrom('painter', 'writer')),
  buyer_id: fc.option(fc.constantFrom('b1', 'b2')),
  money_state: fc.constantFrom(...MONEY_STATES),
  net_micros: amount,
  cost_micros: amount,
  known_cost_micros: fc.nat(1_000_000),
  paid_at: time,
  completed_at: time,
  paid_out_at: time,
  waste_failed_micros: fc.nat(1000),
  waste_cancelled_micros: fc.nat(1000),
});

/** The payouts of an order after a change. A fact that is missing here stays in the ledger. */
const payouts = fc.array(
  fc.record({
    fact_key: fc.constantFrom('payout:1', 'payout:2', SHOWN_PAYOUT),
    at: fc.integer({ min: NOON - 40 * DAY, max: NOON }),
    outcome: fc.constantFrom('sent', 'failed'),
    amount_micros: amount,
    net_micros: amount,
  }),
  { maxLength: 2 },
);

type Payout = Pick<PayoutRow, 'fact_key' | 'at' | 'outcome' | 'amount_micros' | 'net_micros'>;

function rowsOf(change: Partial<OrderRow> & { key: string }, paidOut: readonly Payout[] = []): OrderRows {
  const [agent = ''] = change.key.split('/');
  const net = change.net_micros ?? null;
  const price = net === null ? null : net + 1_000_000;
  const order = { ...EMPTY.order, agent_id: agent, price_micros: price, fee_micros: 1_000_000, ...change };
  return {
    ...EMPTY,
    order,
    texts: { ...EMPTY.texts, order_key: change.key },
    payouts: [...new Map(paidOut.map((one) => [one.fact_key, one])).values()].map((one) => ({
      ...one,
      order_key: change.key,
      chain: null,
      tx_hash: null,
      reason: null,
    })),
  };
}

describe.each([
  { name: 'SQLite', server: undefined, runs: 25 },
  { name: 'Postgres', server: postgres, runs: 6 },
])('sums in $name', ({ server, runs }) => {
  test('equal the orders for every grouping, whatever changed before', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(changes, { minLength: 1, maxLength: 12 }), async (history) => {
        await using opened = await openTestLedger(server);
        const { connections, money } = opened.ledger;
        const kept = new Map<string, OrderRow>();
        for (const change of history) {
          const rows = rowsOf(change);
          await writeRows(connections.writer, [rows]);
          kept.set(change.key, rows.order);
        }
        for (const basis of MONEY_BASES) {
          const column = ({ paid: 'paid_at', completed: 'completed_at', paid_out: 'paid_out_at' } as const)[
            basis
          ];
          const counted = [...kept.values()].filter((order) => order[column] !== null);
          for (const group of MONEY_GROUPS)
            expectSums(sumOf((await money.by(group, ALL(basis))).rows), counted);
          expectSums(sumOf((await money.by('day', ALL(basis))).rows), counted);
        }
      }),
      { numRuns: runs },
    );
  }, 60_000);

  test('of payouts equal the payouts, whatever changed before', async () => {
    const history = fc.array(fc.tuple(changes, payouts), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(history, async (written) => {
        await using opened = await openTestLedger(server);
        const { connections, money } = opened.ledger;
        for (const [change, paidOut] of written)
          await writeRows(connections.writer, [rowsOf(change, paidOut)]);
        const all = await connections.reader.selectFrom('payouts').selectAll().execute();
        expect(await money.payouts(ALL('paid'))).toEqual(sumsOfPayouts(all));
        await rebuildSums(connections.writer);
        expect(await money.payouts(ALL('paid'))).toEqual(sumsOfPayouts(all));
      }),
      { numRuns: runs },
    );
  }, 60_000);

  test('name the groups, and leave out groups whose orders moved away', async () => {
    await using opened = await openTestLedger(server);
    const { connections, money } = opened.ledger;
    const paid = { key: 'a/1', paid_at: NOON, service_id: 's1', service: 'Portraits' };
    await writeRows(connections.writer, [
      rowsOf({ ...paid, handler: null }),
      rowsOf({ ...paid, key: 'a/2', service_id: null }),
    ]);
    await writeRows(connections.writer, [rowsOf({ ...paid, handler: 'painter' })]);
    const named = async (group: 'service' | 'handler') =>
      (await money.by(group, ALL('paid'))).rows.map(({ key, name }) => [key, name]).toSorted();
    expect(await named('service')).toEqual(
      [
        [null, null],
        ['s1', 'Portraits'],
      ].toSorted(),
    );
    expect(await named('handler')).toEqual(
      [
        [null, null],
        ['painter', 'painter'],
      ].toSorted(),
    );
  });

  test('of a page are those of the groups with the most booked', async () => {
    await using opened = await openTestLedger(server);
    const { connections, money } = opened.ledger;
    const rows = [1, 3, 2].map((net, index) =>
      rowsOf({ key: `a/${index}`, paid_at: NOON, buyer_id: `b${net}`, handler: `h${net}`, net_micros: net }),
    );
    await writeRows(connections.writer, rows);
    for (const [group, keys] of [
      ['buyer', ['b3', 'b2']],
      ['handler', ['h3', 'h2']],
    ] as const) {
      const page = await money.by(group, ALL('paid'), 2);
      expect(page.rows.map(({ key }) => key)).toEqual(keys);
      expect(page.count).toBe(3);
    }
  });

  test('of payouts compare those with a known amount, and count the others apart', async () => {
    await using opened = await openTestLedger(server);
    const { connections, money } = opened.ledger;
    const completed = { status: 'completed', completed_at: '2026-11-23 12:00:00' };
    const told = sourceOf({ id: 'ord_told', ...completed }, [
      { type: 'payout', outcome: 'sent', amountUsd: '40.00', chain: 'base', txHash: '0x1', reason: null },
    ]);
    const shown = sourceOf({ id: 'ord_shown', ...completed, payout_tx_hash: '0x2' });
    await writeRows(connections.writer, [told, shown].map(projectOrder));
    expect(await money.payouts(ALL('paid'))).toEqual({
      sent: 40_000_000,
      expected: 40_500_000,
      difference: -500_000,
      sentCount: 2,
      notComparedCount: 1,
      unknownNet: 40_500_000,
      failedCount: 0,
    });
  });

  test('cover whole days: another range is an error', async () => {
    await using opened = await openTestLedger(server);
    const { money } = opened.ledger;
    for (const range of [
      { from: 1, to: DAY },
      { from: 0, to: NOON },
    ]) {
      await expect(money.by('day', { basis: 'paid', ...range })).rejects.toThrow(RangeError);
      await expect(money.payouts(range)).rejects.toThrow(RangeError);
    }
  });

  test('leave no row of a day whose payouts moved away', async () => {
    await using opened = await openTestLedger(server);
    const { connections, money } = opened.ledger;
    const payout = (at: number): Payout => ({
      fact_key: 'payout:1',
      at,
      outcome: 'sent',
      amount_micros: 7,
      net_micros: 8,
    });
    for (const at of [NOON - DAY, NOON])
      await writeRows(connections.writer, [rowsOf({ key: 'a/1' }, [payout(at)])]);
    const days = await connections.reader.selectFrom('payout_days').select('day').execute();
    expect(days.map(({ day }) => day)).toEqual([TODAY]);
    expect(await money.payouts(ALL('paid'))).toMatchObject({ sentCount: 1, sent: 7 });
  });

  test('count a payout once that the order shows before its webhook', async () => {
    await using opened = await openTestLedger(server);
    const { connections, money } = opened.ledger;
    const fields = { status: 'completed', completed_at: '2026-11-23 12:00:00', payout_tx_hash: '0x1' };
    await writeRows(connections.writer, [projectOrder(sourceOf(fields))]);
    const heard = sourceOf(fields, [
      { type: 'payout', outcome: 'sent', amountUsd: '40.50', chain: 'base', txHash: '0x1', reason: null },
    ]);
    await writeRows(connections.writer, [projectOrder(heard)]);
    expect(await money.payouts(ALL('paid'))).toMatchObject({ sentCount: 1, sent: 40_500_000, difference: 0 });
  });
});

/** What the ledger says about payouts, added up one by one. */
function sumsOfPayouts(all: readonly Payout[]) {
  const sum = (values: readonly (number | null)[]) =>
    values.reduce<number>((total, value) => total + (value ?? 0), 0);
  const sent = all.filter(({ outcome }) => outcome === 'sent');
  const compared = sent.filter((one) => one.amount_micros !== null && one.net_micros !== null);
  return {
    sent: sum(sent.map((one) => one.amount_micros)),
    expected: sum(sent.map((one) => (one.amount_micros === null ? null : one.net_micros))),
    difference: sum(compared.map((one) => (one.amount_micros ?? 0) - (one.net_micros ?? 0))),
    sentCount: sent.length,
    notComparedCount: sent.length - compared.length,
    unknownNet: sum(sent.map((one) => (one.amount_micros === null ? one.net_micros : null))),
    failedCount: all.length - sent.length,
  };
}

test('the net of a payout is that of the completion, if the order shows no price', () => {
  const source = sourceOf({ quoted_price_usd: null, platform_fee_usd: null, status: 'completed' }, [
    { type: 'completed', priceUsd: '120', feeUsd: '12', netUsd: '108.00' },
    { type: 'payout', outcome: 'sent', amountUsd: '108.00', chain: 'base', txHash: '0x1', reason: null },
  ]);
  expect(projectOrder(source).payouts).toMatchObject([
    { amount_micros: 108_000_000, net_micros: 108_000_000 },
  ]);
});

test('the time of a payout without a webhook does not move with each read of the order', () => {
  const source = sourceOf({ status: 'completed', payout_tx_hash: '0x1' });
  const later = { ...source, record: { ...source.record, observedAt: NOON + DAY } };
  expect(projectOrder(later)).toEqual(projectOrder(source));
});

test('a payout that was sent is final, also if the order is disputed or cancelled later', () => {
  for (const status of ['disputed', 'cancelled']) {
    const source = sourceOf({ status }, [
      { type: 'payout', outcome: 'sent', amountUsd: '40.50', chain: 'base', txHash: '0x1', reason: null },
    ]);
    expect(projectOrder(source).order).toMatchObject({ money_state: 'paid_out', margin_micros: 40_500_000 });
  }
});

/** The states partition the orders, and a state alone says where its money counts. */
function expectSums(sums: MoneySums, orders: readonly OrderRow[]): void {
  const total = (value: (order: OrderRow) => number | null, which = orders) =>
    which.reduce((sum, order) => sum + (value(order) ?? 0), 0);
  const ruled = (rule: string) => orders.filter(({ money_state: state }) => NET_RULES[state] === rule);
  expect(sums.orders).toBe(orders.length);
  expect(sums.booked).toBe(total((order) => order.price_micros));
  for (const state of MONEY_STATES) {
    const own = orders.filter(({ money_state }) => money_state === state);
    expect(sums.ordersByState[state]).toBe(own.length);
    expect(sums.byState[state]).toBe(total((order) => order.price_micros, own));
  }
  expect(sums.net).toBe(total((order) => order.net_micros, ruled('earned')));
  expect(sums.atRisk).toBe(total((order) => order.net_micros, ruled('at risk')));
  expect(sums.cost).toBe(total((order) => order.known_cost_micros));
  expect(sums.ordersWithUnknownCost).toBe(orders.filter(({ cost_micros: cost }) => cost === null).length);
  expect(sums.margin).toBe(total((order) => order.margin_micros));
  for (const waste of WASTES)
    expect(sums.wasteBy[waste]).toBe(total((order) => order[`waste_${waste}_micros`]));
  expect(sums.waste).toBe(Object.values(sums.wasteBy).reduce((sum, one) => sum + one, 0));
}
