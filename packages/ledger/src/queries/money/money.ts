import { sql } from 'kysely';
import type { LedgerConnections } from '../../database/connections.ts';
import {
  BASIS_COLUMNS,
  type MoneyBasis,
  PAYOUT_SUM_COLUMNS,
  SUM_COLUMNS,
  type SumColumns,
} from '../../database/money-schema.ts';
import { addState, type MoneySums, noSums, type StateSums } from './money-sums.ts';
import { nextPeriod, type PeriodLength, periodOfDay } from './periods.ts';

/** What sums are grouped by. Periods are days, weeks (from Monday) and months of UTC. */
export const MONEY_GROUPS = ['day', 'week', 'month', 'agent', 'service', 'handler', 'buyer'] as const;
export type MoneyGroup = (typeof MONEY_GROUPS)[number];

/**
 * The orders that a sum covers. `from` and `to` (exclusive) are in ms since the epoch, and begin a
 * day of UTC.
 */
export interface MoneyRange {
  basis: MoneyBasis;
  from: number;
  to: number;
}

/** A group of orders. */
export interface MoneyRow extends MoneySums {
  /**
   * The start of a period in ms since the epoch, or what identifies the agent, service, handler or
   * buyer. Null: the orders have no such value.
   */
  key: string | number | null;
  /** For people. */
  name: string | null;
}

/** Groups of orders, and how many groups there are. */
export interface MoneyGroups {
  rows: MoneyRow[];
  count: number;
}

/** The payouts of a time, in micro-dollars. */
export interface PayoutSums {
  /** The known amounts. */
  sent: number;
  /** The net of the orders of these payouts, as far as it is known. */
  expected: number;
  /** `sent` less `expected`, of the payouts for which both are known. */
  difference: number;
  sentCount: number;
  /** Payouts whose amount or whose order's net is not known. They are not compared. */
  notComparedCount: number;
  /** The net of the orders of the payouts with an unknown amount. */
  unknownNet: number;
  failedCount: number;
}

const DAY_MS = 86_400_000;
const GROUP_COLUMNS = {
  agent: { key: 'agent_id', name: 'agent_id' },
  service: { key: 'service_id', name: 'service' },
  handler: { key: 'handler', name: 'handler' },
} as const;

/** Adds up what orders earn and cost. */
export class MoneyQueries {
  readonly #connections: LedgerConnections;

  constructor(connections: LedgerConnections) {
    this.#connections = connections;
  }

  /**
   * Sums by period, the oldest first, or by another group, the most booked first.
   * @param limit returns at most this many groups.
   * @throws RangeError if the range does not begin and end with a day of UTC.
   */
  async by(group: MoneyGroup, range: MoneyRange, limit = Number.MAX_SAFE_INTEGER): Promise<MoneyGroups> {
    if (group === 'buyer') return this.#byBuyer(range, limit);
    const rows =
      group === 'day' || group === 'week' || group === 'month'
        ? await this.#byPeriod(group, range)
        : grouped(await this.#groupSums(group, range));
    return { rows: rows.slice(0, limit), count: rows.length };
  }

  /**
   * Sums of every period, the oldest first, also of periods without an order. A range that begins
   * with the epoch starts at its first order and ends with its last one.
   */
  async over(length: PeriodLength, range: MoneyRange): Promise<MoneyRow[]> {
    const rows = new Map((await this.#byPeriod(length, range)).map((row) => [row.key, row]));
    const isBounded = range.from > 0;
    const starts = [...rows.keys()];
    const first = isBounded ? periodOfDay(Math.floor(range.from / DAY_MS), length) : Math.min(...starts);
    const end = isBounded ? range.to : Math.max(...starts) + 1;
    const all: MoneyRow[] = [];
    for (let start = first; start < end; start = nextPeriod(start, length)) {
      all.push(rows.get(start) ?? periodRow(start, noSums()));
    }
    return all;
  }

  /**
   * What the marketplace paid out in a time, compared with the net of the orders.
   * @throws RangeError if the range does not begin and end with a day of UTC.
   */
  async payouts(range: Pick<MoneyRange, 'from' | 'to'>): Promise<PayoutSums> {
    const { first, end } = daysOf(range);
    const rows = await this.#connections.reader
      .selectFrom('payout_days')
      .where('day', '>=', first)
      .where('day', '<', end)
      .select('outcome')
      .select((eb) => PAYOUT_SUM_COLUMNS.map((name) => eb.fn.sum<number>(name).as(name)))
      .groupBy('outcome')
      .execute();
    const sent = rows.find(({ outcome }) => outcome === 'sent');
    return {
      sent: sent?.amount_micros ?? 0,
      expected: sent?.expected_micros ?? 0,
      difference: sent?.difference_micros ?? 0,
      sentCount: sent?.payouts ?? 0,
      notComparedCount: sent === undefined ? 0 : sent.payouts - sent.compared,
      unknownNet: sent === undefined ? 0 : sent.net_micros - sent.expected_micros,
      failedCount: rows.find(({ outcome }) => outcome === 'failed')?.payouts ?? 0,
    };
  }

  async #byPeriod(length: PeriodLength, range: MoneyRange): Promise<(MoneyRow & { key: number })[]> {
    // The database adds up the days of a week. Their number is that of the Monday.
    const day = length === 'week' ? sql<number>`day - (day + 3) % 7` : sql<number>`day`;
    const rows = await this.#days(range).select(day.as('first_day')).groupBy(day).execute();
    const periods = new Map<number, MoneySums>();
    for (const row of rows) {
      const start = periodOfDay(row.first_day, length);
      const sums = periods.get(start) ?? noSums();
      addState(sums, row);
      periods.set(start, sums);
    }
    return [...periods].map(([start, sums]) => periodRow(start, sums)).toSorted((a, b) => a.key - b.key);
  }

  async #groupSums(group: keyof typeof GROUP_COLUMNS, range: MoneyRange) {
    const { key, name } = GROUP_COLUMNS[group];
    const rows = await this.#days(range)
      .select((eb) => [eb.ref(key).as('key'), eb.fn.max(name).as('name')])
      .groupBy(key)
      .execute();
    return rows.map((row) => ({ ...row, key: row.key || null, name: row.name || null }));
  }

  /**
   * Buyers have few orders each, so sums of days would save nothing. Only the buyers of the page
   * get sums by state.
   */
  async #byBuyer({ basis, from, to }: MoneyRange, limit: number): Promise<MoneyGroups> {
    const { reader } = this.#connections;
    // The sign makes the database read the index of buyers in its order, and no rows.
    const at = sql<number>`+${sql.ref(BASIS_COLUMNS[basis])}`;
    const orders = reader.selectFrom('orders').where(at, '>=', from).where(at, '<', to);
    const buyers = orders
      .select((eb) => ['buyer_id', eb.fn.coalesce(eb.fn.sum<number>('price_micros'), eb.val(0)).as('booked')])
      .groupBy('buyer_id');
    // Both parts read the same list of buyers, so the orders are read once.
    const most = await reader
      .with(
        (cte) => cte('buyers').materialized(),
        () => buyers,
      )
      .selectFrom('buyers')
      .select((eb) => [
        'buyer_id',
        'booked',
        eb
          .selectFrom('buyers')
          .select((of) => of.fn.countAll<number>().as('count'))
          .as('count'),
      ])
      .orderBy('booked', 'desc')
      .limit(limit)
      .execute();
    const sums = orders
      .select((eb) => ['buyer_id as key', eb.fn.max('buyer').as('name'), 'money_state', ...ORDER_SUMS])
      .groupBy(['buyer_id', 'money_state']);
    const ids = most.flatMap(({ buyer_id: id }) => id ?? []);
    const found = [
      ...(ids.length === 0 ? [] : await sums.where('buyer_id', 'in', ids).execute()),
      ...(ids.length === most.length ? [] : await sums.where('buyer_id', 'is', null).execute()),
    ];
    return { rows: grouped(found), count: most[0]?.count ?? 0 };
  }

  #days({ basis, ...range }: MoneyRange) {
    const { first, end } = daysOf(range);
    return this.#connections.reader
      .selectFrom('money_days')
      .where('basis', '=', basis)
      .where('day', '>=', first)
      .where('day', '<', end)
      .select('money_state')
      .select((eb) => SUM_COLUMNS.map((name) => eb.fn.sum<number>(name).as(name)))
      .groupBy('money_state');
  }
}

/**
 * The days of a range, in whole days of UTC since the epoch. `end` is exclusive.
 * @throws RangeError if the range does not begin and end with a day of UTC.
 */
function daysOf({ from, to }: Pick<MoneyRange, 'from' | 'to'>): { first: number; end: number } {
  if (from % DAY_MS !== 0 || to % DAY_MS !== 0)
    throw new RangeError(`The times ${from} and ${to} do not begin days of UTC.`);
  return { first: from / DAY_MS, end: to / DAY_MS };
}

type GroupSums = StateSums & Pick<MoneyRow, 'key' | 'name'>;

/** Adds up the states of each group. The most booked first. */
function grouped(rows: readonly GroupSums[]): MoneyRow[] {
  const groups = new Map<MoneyRow['key'], MoneyRow>();
  for (const row of rows) {
    const group = groups.get(row.key) ?? { ...noSums(), key: row.key, name: row.name };
    addState(group, row);
    groups.set(row.key, group);
  }
  return [...groups.values()].toSorted((a, b) => b.booked - a.booked);
}

function periodRow(start: number, sums: MoneySums): MoneyRow & { key: number } {
  return { ...sums, key: start, name: new Date(start).toISOString().slice(0, 10) };
}

/** The sums of orders, as `money_days` has them of whole days. */
const ORDER_SUMS = Object.entries({
  orders: sql<number>`count(*)`,
  price_micros: sql<number>`coalesce(sum(price_micros), 0)`,
  fee_micros: sql<number>`coalesce(sum(fee_micros), 0)`,
  net_micros: sql<number>`coalesce(sum(net_micros), 0)`,
  known_cost_micros: sql<number>`sum(known_cost_micros)`,
  margin_micros: sql<number>`coalesce(sum(margin_micros), 0)`,
  margin_net_micros: sql<number>`coalesce(sum(case when margin_micros is null then 0 else net_micros end), 0)`,
  unknown_costs: sql<number>`sum(case when cost_micros is null then 1 else 0 end)`,
  waste_failed_micros: sql<number>`sum(waste_failed_micros)`,
  waste_regenerated_micros: sql<number>`sum(waste_regenerated_micros)`,
  waste_declined_micros: sql<number>`sum(waste_declined_micros)`,
  waste_cancelled_micros: sql<number>`sum(waste_cancelled_micros)`,
} satisfies Record<keyof SumColumns, unknown>).map(([name, sum]) => sum.as(name as keyof SumColumns));
