import { type ExpressionBuilder, sql } from 'kysely';
import type { LedgerConnections } from '../database/connections.ts';
import type { LedgerTables } from '../database/schema.ts';
import { addState, type MoneySums, noSums } from './money-sums.ts';
import { nextPeriod, type PeriodLength, periodOfDay } from './periods.ts';

/** What sums are grouped by. Periods are days, weeks (from Monday) and months of UTC. */
export const MONEY_GROUPS = ['day', 'week', 'month', 'agent', 'service', 'handler', 'buyer'] as const;
export type MoneyGroup = (typeof MONEY_GROUPS)[number];

/** Which time of an order counts: its payment, its completion or its payout. */
export const MONEY_BASES = ['paid', 'completed', 'paid_out'] as const;
export type MoneyBasis = (typeof MONEY_BASES)[number];

/** The orders that a sum covers. `from` and `to` (exclusive) are in ms since the epoch. */
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

/** The payouts of a time, in micro-dollars. */
export interface PayoutSums {
  sent: number;
  sentCount: number;
  failedCount: number;
  /** `sent` less the net of the orders of these payouts. */
  difference: number;
}

const DAY_MS = 86_400_000;
const BASIS_COLUMNS = { paid: 'paid_at', completed: 'completed_at', paid_out: 'paid_out_at' } as const;
const GROUP_COLUMNS = {
  agent: { key: 'agent_id', name: 'agent_id' },
  service: { key: 'service_id', name: 'service' },
  handler: { key: 'handler', name: 'handler' },
  buyer: { key: 'buyer_id', name: 'buyer' },
} as const;

/** Adds up what orders earn and cost. */
export class MoneyQueries {
  readonly #connections: LedgerConnections;

  constructor(connections: LedgerConnections) {
    this.#connections = connections;
  }

  /** Sums by period, the oldest first, or by another group, the most booked first. */
  async by(group: MoneyGroup, range: MoneyRange): Promise<MoneyRow[]> {
    if (group === 'day' || group === 'week' || group === 'month') return this.#byPeriod(group, range);
    const { key, name } = GROUP_COLUMNS[group];
    const rows = await this.#sums(range)
      .select((eb) => [eb.ref(key).as('key'), eb.fn.max<string | null>(name).as('name')])
      .groupBy(key)
      .execute();
    const groups = new Map<string | null, MoneyRow>();
    for (const row of rows) {
      const before = groups.get(row.key) ?? { ...noSums(), key: row.key, name: row.name };
      groups.set(row.key, { ...before, ...addState(before, row) });
    }
    return [...groups.values()].toSorted((a, b) => b.booked - a.booked);
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

  /** What the marketplace paid out in a time, compared with the net of the orders. */
  async payouts({ from, to }: Pick<MoneyRange, 'from' | 'to'>): Promise<PayoutSums> {
    const rows = await this.#connections.reader
      .selectFrom('payouts')
      .select('outcome')
      .select((eb) => [
        eb.fn.countAll<number>().as('count'),
        eb.fn.sum<number | null>('amount_micros').as('sum'),
        eb.fn.sum<number | null>('net_micros').as('net'),
      ])
      .where('at', '>=', from)
      .where('at', '<', to)
      .groupBy('outcome')
      .execute();
    const of = (outcome: 'sent' | 'failed') => rows.find((row) => row.outcome === outcome);
    const sent = of('sent')?.sum ?? 0;
    return {
      sent,
      sentCount: of('sent')?.count ?? 0,
      failedCount: of('failed')?.count ?? 0,
      difference: sent - (of('sent')?.net ?? 0),
    };
  }

  async #byPeriod(length: PeriodLength, range: MoneyRange): Promise<(MoneyRow & { key: number })[]> {
    const day = sql<number>`${sql.ref(BASIS_COLUMNS[range.basis])} / ${sql.lit(DAY_MS)}`;
    const rows = await this.#sums(range).select(day.as('day')).groupBy(day).execute();
    const periods = new Map<number, MoneySums>();
    for (const row of rows) {
      const start = periodOfDay(row.day, length);
      periods.set(start, addState(periods.get(start) ?? noSums(), row));
    }
    return [...periods].map(([start, sums]) => periodRow(start, sums)).toSorted((a, b) => a.key - b.key);
  }

  #sums({ basis, from, to }: MoneyRange) {
    const column = BASIS_COLUMNS[basis];
    return this.#connections.reader
      .selectFrom('orders')
      .where(column, '>=', from)
      .where(column, '<', to)
      .select(sumColumns)
      .groupBy('money_state');
  }
}

function periodRow(start: number, sums: MoneySums): MoneyRow & { key: number } {
  return { ...sums, key: start, name: new Date(start).toISOString().slice(0, 10) };
}

function sumColumns(eb: ExpressionBuilder<LedgerTables, 'orders'>) {
  return [
    'money_state' as const,
    eb.fn.countAll<number>().as('orders'),
    eb.fn.sum<number | null>('price_micros').as('booked'),
    eb.fn.sum<number | null>('fee_micros').as('fees'),
    eb.fn.sum<number | null>('net_micros').as('net'),
    eb.fn.sum<number | null>('known_cost_micros').as('cost'),
    eb.fn.sum<number | null>('waste_micros').as('waste'),
    eb.fn.sum<number | null>('margin_micros').as('margin'),
    sql<number | null>`sum(case when margin_micros is null then 0 else net_micros end)`.as('margin_net'),
    sql<number | null>`sum(case when cost_micros is null then 1 else 0 end)`.as('unknown'),
  ] as const;
}
