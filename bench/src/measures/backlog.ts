import { readFile } from 'node:fs/promises';
import { waitFor } from '@fulfillment/processes';
import { factsOf } from '@fulfillment/shared';
import { atLeast, type Figure, type Measure, under } from '../measure.ts';
import { callsOf, each, placeOrders, untilGenerationWaits } from '../orders.ts';
import { openStage, type RunningApp, type Stage } from '../stage.ts';

const SMALL = 1000;
const LARGE = 100_000;
/** Twice the time of the larger backlog. */
const BACKLOG_WITHIN_MS = 30 * 60_000;
/**
 * In start order. The generation worker is last, so that deliveries run from the beginning of the
 * generations.
 */
const APP_NAMES = ['ingestor', 'admin', 'delivery-worker', 'generation-worker'] as const;
/** Polls fail in both cases. Otherwise the run would measure an answer with all these orders. */
const NO_POLLS = { endpoint: 'orders.listForAgent', kind: 'status', status: 503 };

export const backlog: Measure = {
  name: 'backlog',
  title: 'A backlog of 100,000 orders',
  how:
    'Paid orders wait for their generation. Then the apps start, and deliveries are timed while generation continues. ' +
    `With ${SMALL} orders, the measurement ends with the last generation. With ${LARGE} orders, it ends after as many deliveries. ` +
    'The generation worker is therefore busy during both. The memory of Redis is its `used_memory`. The memory of an app is its ' +
    'resident set after these deliveries. The ingestor that received the orders is stopped before, so that each app has done the ' +
    `same work in both. Polls are answered with an error, because the marketplace's list has no pages.`,
  figures: [
    { what: 'Redis, an order', unit: 'KB', target: under(6) },
    { what: `with ${LARGE}`, unit: 'orders/s' },
    { what: `with ${SMALL}`, unit: 'orders/s' },
    { what: 'ratio', unit: '', target: atLeast(0.9) },
    ...APP_NAMES.map(
      (app): Figure => ({ what: `${app}, resident set against ${SMALL}`, unit: '', target: under(1.15) }),
    ),
  ],
  runs: 3,
  async run({ quick, log }) {
    const few = await withBacklog(SMALL, null, log);
    const many = await withBacklog(quick ? 5 * SMALL : LARGE, few.delivered, log);
    const growth = APP_NAMES.map((app) => [
      `${app}, resident set against ${SMALL}`,
      (many.rss.get(app) ?? Number.NaN) / (few.rss.get(app) ?? Number.NaN),
    ]);
    return {
      'Redis, an order': many.bytesAnOrder / 1024,
      [`with ${LARGE}`]: many.perSecond,
      [`with ${SMALL}`]: few.perSecond,
      ratio: many.perSecond / few.perSecond,
      ...Object.fromEntries(growth),
    };
  },
};

interface Backlog {
  bytesAnOrder: number;
  perSecond: number;
  /** The number of deliveries behind the rate. */
  delivered: number;
  rss: Map<string, number>;
}

/**
 * @param deliveries the number of timed deliveries. With null, the run times all deliveries until
 * nothing is left to generate.
 */
async function withBacklog(
  count: number,
  deliveries: number | null,
  log: (line: string) => void,
): Promise<Backlog> {
  await using stage = await openStage({ POLL_INTERVAL_SECONDS: '3600' });
  await stage.market.sandbox.post('/sandbox/faults', NO_POLLS);
  // A webhook announces each order. The marketplace's list has no pages and cannot report so many
  // orders at once.
  const intake = await stage.app('ingestor');
  const empty = await stage.usedMemory();
  const ids = await placeOrders(stage, count, 'x402');
  await untilGenerationWaits(stage, count, BACKLOG_WITHIN_MS);
  const bytesAnOrder = ((await stage.usedMemory()) - empty) / count;
  log(`${ids.length} orders wait: ${(bytesAnOrder / 1024).toFixed(2)} KB each`);
  await intake.process.stop();
  const apps: RunningApp[] = [];
  for (const name of APP_NAMES) apps.push(await stage.app(name));
  await untilWorked(stage, deliveries);
  const rss = new Map<string, number>();
  await each(apps, 1, async (app) => void rss.set(app.name, await residentSet(app)));
  const { delivered, perSecond } = await rateOf(stage, deliveries, ids);
  log(`${count}: ${perSecond.toFixed(1)} orders/s over ${delivered} deliveries`);
  return { bytesAnOrder, perSecond, delivered, rss };
}

/** Waits for this many deliveries. With null, waits until nothing is left to generate. */
async function untilWorked({ view, market }: Stage, deliveries: number | null): Promise<void> {
  await waitFor(
    deliveries === null ? 'all to be generated' : `${deliveries} deliveries`,
    async () => {
      if (deliveries === null) {
        const queue = view.queues.get('generation');
        return (await queue.getJobCountByTypes('prioritized', 'wait', 'active', 'delayed')) === 0 || null;
      }
      const { delivered } = await market.sandbox.get<{ delivered: number }>('/sandbox/state');
      return delivered > deliveries || null;
    },
    { timeoutMs: 300_000, intervalMs: 250 },
  );
}

/**
 * Computes the rate from the marketplace's history. Frequent requests would slow the measured apps,
 * more so with more orders.
 */
async function rateOf(
  stage: Stage,
  deliveries: number | null,
  ids: readonly string[],
): Promise<{ delivered: number; perSecond: number }> {
  const calls = await callsOf(stage, 'orders.deliver');
  const until = deliveries === null ? await lastGeneration(stage, ids) : Number.POSITIVE_INFINITY;
  const times = calls
    .filter(({ at, took_effect }) => took_effect && at <= until)
    .map(({ at }) => at)
    .toSorted((one, other) => one - other);
  const [first = Number.NaN] = times;
  const delivered = deliveries ?? times.length - 1;
  return { delivered, perSecond: delivered / (((times[delivered] ?? Number.NaN) - first) / 1000) };
}

/** The time of the last generation, in ms since the epoch. */
async function lastGeneration({ view, agentId }: Stage, ids: readonly string[]): Promise<number> {
  const times: number[] = [];
  await each(ids, 16, async (orderId) => {
    const record = await view.store.load({ agentId, orderId });
    if (record) times.push(...factsOf(record, 'generated').map(({ at }) => at));
  });
  return Math.max(...times);
}

/** In bytes. */
async function residentSet({ process }: RunningApp): Promise<number> {
  const status = await readFile(`/proc/${process.pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) * 1024;
}
