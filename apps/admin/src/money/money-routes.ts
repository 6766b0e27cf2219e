import { type Condition, DEFAULT_SORT, type MoneyRange, sumOf } from '@fulfillment/ledger';
import type { FastifyInstance } from 'fastify';
import type { AdminOptions } from '../options.ts';
import { sendFile } from '../page/send-file.ts';
import { sendPage } from '../page/send-page.ts';
import { MoneyCharts } from './money-chart.ts';
import { moneyPage } from './money-page.ts';
import { chartPeriod, DAY, rangeOf, readMoneyQuery, startOfDay } from './money-query.ts';
import { MOST_ROWS } from './money-table.ts';

const CSV = 'text/csv';

/** Serves `/money`, and its orders and payouts as files. */
export function moneyRoutes(server: FastifyInstance, options: AdminOptions): void {
  const { store, registry } = options;
  const charts = new MoneyCharts();

  server.get('/money', async (request, reply) => {
    const query = readMoneyQuery(request.query);
    const [now, ledger, agentNames] = await Promise.all([store.now(), options.ledger(), registry.names()]);
    const range = rangeOf(query, now);
    const [groups, payouts, periods] = await Promise.all([
      ledger.money.by(query.by, range, MOST_ROWS),
      ledger.money.payouts(range),
      ledger.money.over(chartPeriod(query.span), untilToday(range, now)),
    ]);
    const chart = await charts.draw(periods);
    const content = moneyPage({ query, total: sumOf(periods), groups, payouts, chart, agentNames });
    return sendPage(options, reply, { title: 'Money', section: 'money', content });
  });

  server.get('/money/orders.csv', async (request, reply) => {
    const [now, ledger] = await Promise.all([store.now(), options.ledger()]);
    const filter = filterOf(rangeOf(readMoneyQuery(request.query), now));
    const parts = ledger.exports.orders('csv', { filter, sort: DEFAULT_SORT, now });
    return sendFile(reply, { name: 'money-orders.csv', type: CSV, parts });
  });

  server.get('/money/payouts.csv', async (request, reply) => {
    const [now, ledger] = await Promise.all([store.now(), options.ledger()]);
    const range = rangeOf(readMoneyQuery(request.query), now);
    return sendFile(reply, { name: 'payouts.csv', type: CSV, parts: ledger.exports.payouts('csv', range) });
  });
}

/** The range without the days that are still to come. */
function untilToday(range: MoneyRange, now: number): MoneyRange {
  return { ...range, to: Math.min(range.to, startOfDay(now) + DAY) };
}

const FIELDS = { paid: 'paid', completed: 'completed', paid_out: 'payout' } as const;

/** The orders that the sums of a range cover. */
function filterOf({ basis, from, to }: MoneyRange): Condition[] {
  const period = (comparison: '>=' | '<', at: number): Condition => ({
    kind: 'period',
    field: FIELDS[basis],
    comparison,
    text: new Date(at).toISOString().slice(0, 10),
    from: at,
    to: at,
    isNegated: false,
  });
  return [period('>=', from), period('<', to)];
}
