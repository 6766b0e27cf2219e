import { acquireRedis } from '@fulfillment/devtools';
import { redisKeys } from '@fulfillment/platform';
import { BUDGET_MODES, type BudgetMode, limitOf, sellIn } from '@fulfillment/platform/test-support';
import { Redis } from 'ioredis';
import { atLeast, type Figure, type Measure, type Values } from '../measure.ts';

/** The share of a window's capacity that a good seller reaches. */
const SHARE = 0.9;

const nameOf = ({ rate, hearsWebhooks, uploads }: BudgetMode): string =>
  `${rate} orders/h, ${hearsWebhooks ? 'webhooks' : 'polls alone'}, ${uploads === 0 ? 'own files' : 'one upload an order'}`;

const figuresOf = (mode: BudgetMode): Figure[] => {
  const limit = limitOf(mode);
  const target = atLeast(Number((SHARE * limit).toFixed(1)));
  const row = nameOf(mode);
  return [
    { what: `${row}: first window, of at most ${limit}`, unit: 'delivered', target },
    { what: `${row}: later, of at most ${limit}`, unit: 'delivered a window', target },
    { what: `${row}: first window, polls`, unit: 'polls' },
    { what: `${row}: later, polls`, unit: 'polls a window' },
    { what: `${row}: later, messages`, unit: 'messages a window' },
  ];
};

export const budgetModes: Measure = {
  name: 'budget-modes',
  title: 'Deliveries out of one window, by the way to sell',
  how:
    'The budget of the apps runs on a real Redis in simulated time. It runs against one counter of 30 calls an hour, which polls, ' +
    'uploads and deliveries share. Messages may go up to 60. The budget knows nothing before the first window (a cold start). "Later" ' +
    'is the mean of the third and fourth window. The limit is the most that 30 calls can deliver. Each delivery and each ' +
    'upload takes one call. If no webhook reports orders, at least one poll is needed, too. It is never more than the number of orders. Orders arrive evenly, ' +
    'each at a random moment of its turn. A generation takes about a minute. Later windows may exceed the limit, because they may ' +
    'deliver orders that an earlier window left over.',
  figures: BUDGET_MODES.flatMap(figuresOf),
  runs: 5,
  async run({ log }) {
    const server = await acquireRedis({ log });
    const redis = new Redis(server.url);
    const corner = { redis, keys: redisKeys(`bench-modes-${process.pid}`) };
    try {
      return await sellInAll(corner, log);
    } finally {
      redis.disconnect();
      await server.close();
    }
  },
};

async function sellInAll(corner: Parameters<typeof sellIn>[0], log: (line: string) => void): Promise<Values> {
  const values: Values = {};
  const seed = Math.floor(Math.random() * 1e6);
  for (const mode of BUDGET_MODES) {
    const { first, later } = await sellIn(corner, mode, seed);
    const [row, limit] = [nameOf(mode), limitOf(mode)];
    values[`${row}: first window, of at most ${limit}`] = first.delivered;
    values[`${row}: later, of at most ${limit}`] = later.delivered;
    values[`${row}: first window, polls`] = first.polls;
    values[`${row}: later, polls`] = later.polls;
    values[`${row}: later, messages`] = later.messages;
    log(`${row}: ${first.delivered}, later ${later.delivered}, of ${limit}`);
  }
  return values;
}
