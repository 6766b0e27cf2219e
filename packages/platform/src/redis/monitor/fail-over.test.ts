import { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { Queues } from '../../jobs/queues.ts';
import { startWorker } from '../../jobs/worker.ts';
import { createMetrics } from '../../telemetry/metrics.ts';
import { openLine } from '../../test-support/line.ts';
import { redisServer, startRedis } from '../../test-support/processes.ts';
import { openLog, until } from '../../test-support/scratch.ts';
import { connectRedis } from '../connection/connect.ts';
import { untilReady } from '../connection/connection.ts';
import { redisKeys } from '../keys.ts';

const KEYS = redisKeys('fulfillment');
const SERVER = { skip: redisServer === null, timeout: 30_000 };

test('the apps follow a fail-over that leaves the old connections open', SERVER, async () => {
  await using one = await startRedis();
  await using two = await startRedis('--replicaof', '127.0.0.1', new URL(one.url).port);
  await using line = await openLine(one.url);
  const { log } = openLog();
  const setup = { url: line.url, prefix: 'fulfillment', keys: KEYS, log };
  const access = await connectRedis(setup, new AbortController().signal);
  // A connection that only reads, such as the admin pages', meets no error on a replica.
  const reader = access.open('producer');
  const subscriber = access.open('subscriber');
  await Promise.all([untilReady(reader), untilReady(subscriber)]);
  const heard: string[] = [];
  subscriber.on('message', (_channel, message) => heard.push(message));
  await subscriber.subscribe(KEYS.changes);
  const done: string[] = [];
  const worker = startWorker({
    queue: 'orders',
    connection: access.redis,
    prefix: KEYS.bull,
    concurrency: 2,
    log,
    metrics: createMetrics('fail-over'),
    isRedisError: (error) => access.monitor.report(error),
    processors: { reconcile: async ({ orderId }) => void done.push(orderId) },
    giveUp: async () => undefined,
  });
  const before = new Queues(access.redis, KEYS.bull, log);
  await before.poke({ agentId: 'agt_1', orderId: 'ord_1' }, 'sweep');
  await until('the first job', () => done.length === 1);

  const [old, primary] = [new Redis(one.url), new Redis(two.url)];
  await until('the replica', async () => /master_link_status:up/.test(await primary.info('replication')));
  await primary.replicaof('NO', 'ONE');
  line.leadTo(two.url);
  await old.replicaof('127.0.0.1', new URL(two.url).port);
  const answered = performance.now();
  const after = new Queues(primary, KEYS.bull, log);
  await after.poke({ agentId: 'agt_1', orderId: 'ord_2' }, 'sweep');
  await until('the next job', () => done.includes('ord_2'), 10_000);
  expect(performance.now() - answered).toBeLessThan(5000);
  await until('the end of the trouble', () => access.monitor.trouble === null, 10_000);
  // The line no longer leads to the old primary. Reads and subscriptions find data that only the
  // new primary has.
  await old.replicaof('NO', 'ONE');
  await primary.set('fulfillment:new', 'yes');
  expect(await reader.get('fulfillment:new')).toBe('yes');
  await until('a message', async () => {
    await primary.publish(KEYS.changes, 'agt_1/ord_2');
    return heard.length > 0;
  });

  await worker.stop(1000);
  await Promise.all([before.close(), after.close()]);
  for (const connection of [old, primary]) connection.disconnect();
  access.close();
});
