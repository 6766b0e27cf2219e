import { readFile } from 'node:fs/promises';
import { waitFor } from '@fulfillment/devtools';
import { atLeast, type Figure, type Measure, under } from '../measure.ts';
import { callsOf, each, placeOrders } from '../orders.ts';
import { openStage, type RunningApp, type Stage } from '../stage.ts';

const SMALL = 1000;
const LARGE = 100_000;
const APP_NAMES = ['ingestor', 'generation-worker', 'delivery-worker', 'admin'] as const;
/** Orders delivered to measure the rate at a backlog. */
const MEASURED = 500;

export const backlog: Measure = {
  name: 'backlog',
  title: 'A backlog of 100,000 orders',
  how:
    `Paid orders that wait for their generation; then the workers are started, and ${MEASURED} deliveries are timed. The same with a backlog of ${SMALL}. ` +
    'Memory: of Redis by its `used_memory`, of the apps by their resident set right after.',
  figures: [
    { what: 'Redis, an order', unit: 'KB', target: under(6) },
    { what: `with ${LARGE}`, unit: 'orders/s' },
    { what: `with ${SMALL}`, unit: 'orders/s' },
    { what: 'ratio', unit: '', target: atLeast(0.9) },
    ...APP_NAMES.map(
      (app): Figure => ({ what: `${app}, resident set against ${SMALL}`, unit: '', target: under(1.15) }),
    ),
  ],
  runs: 1,
  async run({ quick, log }) {
    const few = await withBacklog(SMALL, log);
    const many = await withBacklog(quick ? 5 * SMALL : LARGE, log);
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
  rss: Map<string, number>;
}

async function withBacklog(count: number, log: (line: string) => void): Promise<Backlog> {
  await using stage = await openStage();
  // Each order is told by its webhook: the marketplace's list has no pages, and is no way to hear of so many at once.
  const ingestor = await stage.app('ingestor', { POLL_INTERVAL_SECONDS: '3600' });
  const empty = await stage.usedMemory();
  const ids = await placeOrders(stage, count, 'x402');
  await waitForBacklog(stage, count);
  const bytesAnOrder = ((await stage.usedMemory()) - empty) / count;
  log(`${ids.length} orders wait: ${(bytesAnOrder / 1024).toFixed(2)} KB each`);
  const others: RunningApp[] = [];
  for (const name of APP_NAMES.slice(1)) others.push(await stage.app(name));
  const perSecond = await rateOf(stage);
  const rss = new Map<string, number>();
  await each([ingestor, ...others], 1, async (app) => void rss.set(app.name, await residentSet(app)));
  log(`${count}: ${perSecond.toFixed(1)} orders/s`);
  return { bytesAnOrder, perSecond, rss };
}

/** Until every order has its generation job. */
async function waitForBacklog({ view }: Stage, count: number): Promise<void> {
  await waitFor(
    `${count} orders to wait`,
    async () =>
      (await view.queues.get('generation').getJobCountByTypes('prioritized')) >= count ? true : null,
    { timeoutMs: 900_000, intervalMs: 250 },
  );
}

/** From the marketplace's history: asking it often would take from what is measured, the more orders it has. */
async function rateOf(stage: Stage): Promise<number> {
  await waitFor(
    `${MEASURED} deliveries`,
    async () => {
      const { delivered } = await stage.market.sandbox.get<{ delivered: number }>('/sandbox/state');
      return delivered > MEASURED ? true : null;
    },
    { timeoutMs: 300_000, intervalMs: 1000 },
  );
  const calls = await callsOf(stage);
  const times = calls
    .filter(({ endpoint, took_effect }) => endpoint === 'orders.deliver' && took_effect)
    .map(({ at }) => at)
    .toSorted((one, other) => one - other);
  const [first = Number.NaN] = times;
  return MEASURED / (((times[MEASURED] ?? Number.NaN) - first) / 1000);
}

/** In bytes. */
async function residentSet({ process }: RunningApp): Promise<number> {
  const status = await readFile(`/proc/${process.pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) * 1024;
}
