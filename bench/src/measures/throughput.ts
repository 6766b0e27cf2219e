import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { BARE_QUEUES, startPipeline } from '../bare/pipeline.ts';
import { atLeast, type Measure } from '../measure.ts';
import {
  callsOf,
  payAll,
  placeOrders,
  quiet,
  since,
  untilCalled,
  untilEmpty,
  WORK_QUEUES,
} from '../orders.ts';
import { openStage, type Stage } from '../stage.ts';

export const throughput: Measure = {
  name: 'throughput',
  title: 'Orders a second through all apps',
  how:
    'A handler that costs nothing, no rate limits, one process of each app. Orders are placed before, and the queues are empty then. ' +
    'Measured from the first payment to the last message. The bare pipeline has as many processes, makes the same calls to the ' +
    "marketplace, adds as many jobs, and keeps no records. Jobs are BullMQ's own count of added jobs, from the first payment until the " +
    'queues are empty again. Handlers run in child processes, except for the figure that says otherwise.',
  figures: [
    { what: 'product', unit: 'orders/s' },
    { what: 'product, handlers in the worker', unit: 'orders/s' },
    { what: 'bare pipeline', unit: 'orders/s' },
    { what: 'ratio', unit: '', target: atLeast(0.8) },
    { what: 'product, jobs', unit: 'an order' },
    { what: 'bare pipeline, jobs', unit: 'an order' },
  ],
  runs: 3,
  async run({ quick, log }) {
    const count = quick ? 100 : 1000;
    const product = await throughProduct(count);
    const { reads, threads, jobs } = product;
    log(
      `product: ${product.perSecond.toFixed(1)} orders/s, ${reads} reads, ${threads} of the thread, and ${jobs} jobs an order`,
    );
    const inWorker = await throughProduct(count, { HANDLER_ISOLATION: 'none' });
    log(`product with handlers in the worker: ${inWorker.perSecond.toFixed(1)} orders/s`);
    const bare = await throughPipeline(count, product);
    log(
      `bare pipeline: ${bare.perSecond.toFixed(1)} orders/s, ${bare.reads} reads and ${bare.jobs} jobs an order`,
    );
    return {
      product: product.perSecond,
      'product, handlers in the worker': inWorker.perSecond,
      'bare pipeline': bare.perSecond,
      ratio: product.perSecond / bare.perSecond,
      'product, jobs': jobs,
      'bare pipeline, jobs': bare.jobs,
    };
  },
};

/** The work of a second, and the work for each order. */
interface Through {
  perSecond: number;
  reads: number;
  /** Reads of the thread. */
  threads: number;
  jobs: number;
}

async function throughProduct(count: number, env: Record<string, string> = {}): Promise<Through> {
  await using stage = await openStage(env);
  for (const name of ['ingestor', 'generation-worker', 'delivery-worker'] as const) await stage.app(name);
  return await through(stage, { count, queues: WORK_QUEUES.map((name) => stage.view.queues.get(name)) }, () =>
    quiet(stage, count),
  );
}

/** @param like the product's figures. */
async function throughPipeline(count: number, like: Through): Promise<Through> {
  await using stage = await openStage();
  const reads = Math.round(like.reads);
  const reconciles = Math.max(0, Math.round(like.jobs) - BARE_QUEUES.length);
  const threads = Math.round(like.threads);
  await startPipeline(stage, {
    before: Math.floor(reads / 2),
    after: Math.ceil(reads / 2),
    threads,
    reconciles,
  });
  const connection = { url: stage.redisUrl };
  const queues = BARE_QUEUES.map((name) => new Queue(name, { connection }));
  try {
    return await through(stage, { count, queues }, () => untilEmpty(queues));
  } finally {
    await Promise.all(queues.map((queue) => queue.close()));
  }
}

/** Places orders, waits until nothing is left to do, and pays the orders. */
async function through(
  stage: Stage,
  { count, queues }: { count: number; queues: readonly Queue[] },
  untilQuiet: () => Promise<void>,
): Promise<Through> {
  const ids = await placeOrders(stage, count);
  await untilQuiet();
  const before = await soFar(stage, queues);
  await payAll(stage, ids);
  const seconds = await duration(stage, count);
  await untilEmpty(queues);
  const after = await soFar(stage, queues);
  return {
    perSecond: count / seconds,
    reads: (after.reads - before.reads) / count,
    threads: (after.threads - before.threads) / count,
    jobs: (after.jobs - before.jobs) / count,
  };
}

async function soFar(stage: Stage, queues: readonly Queue[]): Promise<Omit<Through, 'perSecond'>> {
  return {
    reads: (await callsOf(stage, 'orders.get')).length,
    threads: (await callsOf(stage, 'orders.getMessages')).length,
    jobs: await jobsAdded(stage, queues),
  };
}

/** The number of jobs ever added, including those that turned out to exist already. */
async function jobsAdded({ redisUrl }: Stage, queues: readonly Queue[]): Promise<number> {
  const redis = new Redis(redisUrl);
  const counts = await redis.mget(queues.map((queue) => queue.toKey('id')));
  redis.disconnect();
  return counts.reduce((sum, jobs) => sum + Number(jobs), 0);
}

/** The time from the first payment to the last message, in seconds. */
async function duration(stage: Stage, count: number): Promise<number> {
  const messages = await untilCalled(stage, 'orders.sendMessage', count);
  const paid = [...(await since(stage, 'paid')).values()];
  return (Math.max(...messages.map(({ at }) => at)) - Math.min(...paid)) / 1000;
}
