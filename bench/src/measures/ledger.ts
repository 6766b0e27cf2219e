import { writeRecords } from '@fulfillment/example-shop';
import { ChangeFeed, createLogger, openRedis, redisKeys, untilReady } from '@fulfillment/platform';
import { waitFor } from '@fulfillment/processes';
import { policySchema } from '@fulfillment/shared';
import { longShop } from '../long-shop.ts';
import { atLeast, type Measure, quantile, under, type Values } from '../measure.ts';
import { payAll, placeOrders, quiet, untilCalled, untilEmpty, WORK_QUEUES } from '../orders.ts';
import { openStage, type Stage } from '../stage.ts';

/** The pages of the console that read the ledger, with the searches that cost the most. */
const PAGES: Record<string, string> = {
  attention: '/',
  orders: '/orders',
  'orders, page 200': '/orders?page=200',
  'orders by price': '/orders?sort=price',
  'a frequent word': '/orders?q=logo',
  'a part of a name': '/orders?q=buyer%3Aada',
  'an order id': '/orders?q=',
  'a handler, by margin': '/orders?q=handler%3Acopy&sort=margin',
  'unknown costs, by margin': '/orders?q=is%3Acost-unknown&sort=margin',
  'late orders': '/orders?q=is%3Alate&sort=due',
  'money of a week': '/money',
  'money of a year': '/money?span=year',
  'money of all buyers': '/money?span=all&by=buyer',
  'money paid out, by day': '/money?span=all&by=day&basis=paid_out',
};
const TIMES = 30;
const LIMIT_MS = 50;

export const ledger: Measure = {
  name: 'ledger',
  title: 'The console with 100,000 orders',
  how:
    'A shop of a year: 300 current orders, and ended ones, of some 25,000 buyers. The admin app projects all of them into SQLite, and its time ' +
    `for that counts from its start. Then each page is asked for ${TIMES} times, one request after the other, after one request that does ` +
    'not count. The time of a page is the 95th percentile, from the request to the last byte on loopback. Then orders are sold twice, without and ' +
    'with an admin that projects them. Redis counts the commands, those in scripts included.',
  figures: [
    { what: 'orders projected', unit: 'orders/s', target: atLeast(100) },
    ...Object.keys(PAGES).map((what) => ({ what, unit: 'ms', target: under(LIMIT_MS) })),
    { what: 'first paint of the list', unit: 'KB', target: under(100) },
    { what: 'commands to Redis of an order, without an admin', unit: '' },
    { what: 'more with an admin', unit: '%', target: under(5) },
  ],
  runs: 3,
  async run({ quick, log }) {
    const count = quick ? 3000 : 100_000;
    await using stage = await openStage({ ADMIN_PASSWORD: undefined });
    const firstId = await fill(stage, count);
    log(`${count} records are written`);
    const begun = performance.now();
    const { url } = await stage.app('admin');
    await projected(stage);
    const values: Values = { 'orders projected': (count * 1000) / (performance.now() - begun) };
    for (const [what, path] of Object.entries(PAGES))
      values[what] = await slowest(what === 'an order id' ? `${url}${path}${firstId}` : `${url}${path}`);
    values['first paint of the list'] = (await firstPaint(url)) / 1000;
    const sold = quick ? 50 : 400;
    const alone = await commandsOfOrder(sold, []);
    values['commands to Redis of an order, without an admin'] = alone;
    values['more with an admin'] = ((await commandsOfOrder(sold, ['admin'])) / alone - 1) * 100;
    return values;
  },
};

/** @returns the id of an order. */
async function fill(stage: Stage, count: number): Promise<string> {
  const orders = longShop(count, Date.now());
  await onRedis(stage, (redis, keys) =>
    writeRecords({ redis, keys, policy: policySchema.parse({}) }, orders),
  );
  return orders.at(-1)?.id ?? '';
}

/** Waits until the ledger has every change. */
async function projected(stage: Stage): Promise<void> {
  await onRedis(stage, (redis, keys) => {
    const feed = new ChangeFeed(redis, keys);
    return waitFor(
      'the ledger to have every order',
      async () => ((await feed.state()).pending === 0 ? true : null),
      { timeoutMs: 900_000 },
    );
  });
}

/** How many commands Redis runs for an order, from the payment to the last message. */
async function commandsOfOrder(count: number, more: readonly 'admin'[]): Promise<number> {
  await using stage = await openStage({ ADMIN_PASSWORD: undefined });
  for (const name of ['ingestor', 'generation-worker', 'delivery-worker', ...more] as const)
    await stage.app(name);
  const ids = await placeOrders(stage, count);
  await quiet(stage, count);
  const commands = () =>
    onRedis(stage, async (redis) =>
      Number(/total_commands_processed:(\d+)/.exec(await redis.info('stats'))?.[1]),
    );
  const before = await commands();
  await payAll(stage, ids);
  await untilCalled(stage, 'orders.sendMessage', count);
  await untilEmpty(WORK_QUEUES.map((name) => stage.view.queues.get(name)));
  if (more.length > 0) await projected(stage);
  return ((await commands()) - before) / count;
}

type Keys = ReturnType<typeof redisKeys>;

async function onRedis<T>(
  { redisUrl, prefix }: Stage,
  use: (redis: ReturnType<typeof openRedis>, keys: Keys) => Promise<T>,
): Promise<T> {
  const redis = openRedis(redisUrl, 'worker', { log: createLogger('bench', 'fatal') });
  try {
    await untilReady(redis);
    return await use(redis, redisKeys(prefix));
  } finally {
    redis.disconnect();
  }
}

/** The 95th percentile of the times of a page, in ms. */
async function slowest(url: string): Promise<number> {
  const times: number[] = [];
  await read(url);
  for (let turn = 0; turn < TIMES; turn += 1) {
    const begun = performance.now();
    await read(url);
    times.push(performance.now() - begun);
  }
  return quantile(times, 0.95);
}

/** The bytes that a browser loads before it shows the list: the page, its style and its scripts. */
async function firstPaint(url: string): Promise<number> {
  const page = `${url}/orders`;
  const answer = await fetch(page);
  const body = await answer.text();
  const linked = [...body.matchAll(/(?:rel="stylesheet" href|<script src)="([^"]+)"/g)].map(
    ([, path]) => path,
  );
  const sizes = await Promise.all([page, ...linked.map((path) => `${url}${path}`)].map(read));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** @returns the size of the body, in bytes. */
async function read(url: string): Promise<number> {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url} answers ${answer.status}.`);
  return (await answer.arrayBuffer()).byteLength;
}
