import { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { Queues } from '../../jobs/queues.ts';
import { startWorker } from '../../jobs/worker.ts';
import { createMetrics } from '../../telemetry/metrics.ts';
import { openLine } from '../../test-support/line.ts';
import { redisServer, startRedis } from '../../test-support/processes.ts';
import { gate, openLog, until } from '../../test-support/scratch.ts';
import { openRedis, untilReady } from '../connection/connection.ts';
import { redisKeys } from '../keys.ts';
import { RedisMonitor } from './monitor.ts';

const KEYS = redisKeys('fulfillment');
const TIMES = { everyMs: 50, answerMs: 200, calmMs: 500, summaryMs: 400 };

/** A monitor of this Redis, and what it logs. */
async function watch(url: string) {
  const { log, lines } = openLog();
  const redis = openRedis(url, 'worker', { log: openLog().log });
  await untilReady(redis);
  let demotions = 0;
  const onDemoted = () => {
    demotions += 1;
  };
  const monitor = new RedisMonitor({ redis, keys: KEYS, address: 'redis://x', log, onDemoted, times: TIMES });
  monitor.start();
  return {
    monitor,
    redis,
    log,
    lines,
    demotions: () => demotions,
    [Symbol.dispose]() {
      monitor.stop();
      redis.disconnect();
    },
  };
}

const SERVER = { skip: redisServer === null };
const FULL = ['config', 'SET', 'maxmemory', '1'] as const;

test('trouble is logged once when it begins, then as a summary, and once when it ends', SERVER, async () => {
  await using server = await startRedis();
  using watched = await watch(server.url);
  const { monitor, lines } = watched;
  const admin = new Redis(server.url);
  await admin.call(...FULL);
  await until('the trouble', () => monitor.trouble?.cause === 'memory');
  expect(monitor.trouble?.text).toContain('raise maxmemory');
  await until('a summary', () => lines.some(({ msg }) => String(msg).startsWith('still: ')));
  await admin.config('SET', 'maxmemory', '0');
  await until('its end', () => monitor.trouble === null);
  const errors = lines.filter(({ level }) => level === 50);
  expect(errors.filter(({ msg }) => !String(msg).startsWith('still: '))).toHaveLength(1);
  expect(errors.find(({ msg }) => String(msg).startsWith('still: '))).toMatchObject({ cause: 'memory' });
  expect(lines.at(-1)).toMatchObject({ level: 30, msg: 'Redis answers and takes writes again' });
  admin.disconnect();
});

test.each<[string, string[], (admin: Redis) => Promise<unknown>]>([
  ['read-only', [], (admin) => admin.replicaof('127.0.0.1', '1')],
  ['replicas', [], (admin) => admin.config('SET', 'min-replicas-to-write', '1')],
  ['rights', [], (admin) => admin.acl('SETUSER', 'default', '-set')],
])('an error reply has its cause: %s', SERVER, async (cause, options, act) => {
  await using server = await startRedis(...options);
  using watched = await watch(server.url);
  const admin = new Redis(server.url);
  await act(admin);
  await until('the trouble', () => watched.monitor.trouble?.cause === cause);
  if (cause === 'read-only') expect(watched.demotions()).toBeGreaterThan(0);
  admin.disconnect();
});

test('a Redis that does not answer is away, and so is one with a broken connection', SERVER, async () => {
  await using server = await startRedis();
  await using line = await openLine(server.url);
  using watched = await watch(line.url);
  line.mute(true);
  line.swallow();
  await until('silence', () => watched.monitor.trouble?.cause === 'away');
  line.mute(false);
  await line.cut();
  await until('the break', () => watched.redis.status !== 'ready');
  expect(watched.monitor.trouble?.cause).toBe('away');
  await line.join();
  await until('the return', () => watched.monitor.trouble === null);
});

test('a Redis that comes back empty is logged', SERVER, async () => {
  await using server = await startRedis();
  using watched = await watch(server.url);
  const admin = new Redis(server.url);
  await until('a probe', () => admin.get(KEYS.clock));
  await admin.flushall();
  await until('the line', () => watched.lines.some(({ msg }) => /came back empty/.test(String(msg))));
  admin.disconnect();
});

test('a clock that stepped back is logged once, and orders are due that much earlier', SERVER, async () => {
  await using server = await startRedis();
  const admin = new Redis(server.url);
  const now = Date.now();
  // The state of Redis after its clock was ten minutes ahead and was corrected.
  await admin.set(KEYS.clock, String(now + 600_000));
  await admin.zadd(KEYS.open, now + 660_000, 'agt_1/ord_1', now - 5000, 'agt_1/ord_2');
  using watched = await watch(server.url);
  await until('the line', () => watched.lines.some(({ msg }) => /clock stepped back/.test(String(msg))));
  const scores = await admin.zrange(KEYS.open, 0, -1, 'WITHSCORES');
  expect(Number(scores[1])).toBe(now - 5000);
  expect(Math.abs(Number(scores[3]) - now - 60_000)).toBeLessThan(5000);
  await until('more probes', async () => Number(await admin.get(KEYS.clock)) > Date.now() - 100);
  expect(watched.lines.filter(({ msg }) => /clock stepped back/.test(String(msg)))).toHaveLength(1);
  admin.disconnect();
});

test('a worker that waits for jobs on a read-only replica does not count as silent', SERVER, async () => {
  await using server = await startRedis();
  using watched = await watch(server.url);
  const { redis, log, lines, monitor } = watched;
  const worker = startWorker({
    queue: 'orders',
    connection: redis,
    prefix: KEYS.bull,
    concurrency: 1,
    log,
    metrics: createMetrics('replica'),
    isRedisError: (error) => monitor.report(error),
    processors: { reconcile: async () => undefined },
    giveUp: async () => undefined,
  });
  const admin = new Redis(server.url);
  await until('its first request', async () => /cmdstat_bzpopmin/.test(await admin.info('commandstats')));
  await admin.replicaof('127.0.0.1', '1');
  await until('the trouble', () => monitor.trouble?.cause === 'read-only');
  await until('some time', timer(6000), 10_000);
  expect(worker.silentFor()).toBeLessThan(4000);
  const firsts = lines.filter(({ msg, level }) => level === 50 && !String(msg).startsWith('still: '));
  // On a busy machine the reconnecting connection may count as away in between. Each cause is
  // logged once.
  expect(new Set(firsts.map(({ cause }) => cause)).size).toBe(firsts.length);
  expect(lines.length).toBeLessThan(60);
  await worker.stop(1000);
  admin.disconnect();
});

test.each([
  ['memory is full', [...FULL], ['config', 'SET', 'maxmemory', '0']],
  [
    'user lacks a right',
    ['acl', 'SETUSER', 'default', '-evalsha'],
    ['acl', 'SETUSER', 'default', '+evalsha'],
  ],
  [
    'replicas are missing',
    ['config', 'SET', 'min-replicas-to-write', '1'],
    ['config', 'SET', 'min-replicas-to-write', '0'],
  ],
] as const)(
  'while the %s a worker asks rarely, logs little, and continues afterwards',
  SERVER,
  async (_, breaks, mends) => {
    await using server = await startRedis();
    using watched = await watch(server.url);
    const { redis, log, lines, monitor } = watched;
    const admin = new Redis(server.url);
    const done: string[] = [];
    const held = gate();
    const worker = startWorker({
      queue: 'orders',
      connection: redis,
      prefix: KEYS.bull,
      concurrency: 1,
      lockMs: 1000,
      log,
      metrics: createMetrics('monitor'),
      isRedisError: (error) => monitor.report(error),
      processors: {
        reconcile: async ({ orderId }) => {
          done.push(orderId);
          await held.opened;
        },
      },
      giveUp: async () => undefined,
    });
    const queues = new Queues(redis, KEYS.bull, log);
    // Jobs wait, because a worker that found no job blocks, and seldom asks anyway.
    await queues.pokeAll(
      ['ord_1', 'ord_2', 'ord_3'].map((orderId) => ({ agentId: 'agt_1', orderId })),
      'sweep',
    );
    await until('the first job', () => done.length === 1);
    await admin.call(breaks[0], ...breaks.slice(1));
    held.open();
    await until('the trouble', () => monitor.trouble !== null);
    const before = await calls(admin);
    const linesBefore = lines.length;
    await until('some time', timer(2000));
    const spent = (await calls(admin)) - before;
    // Without its pace the worker would ask thousands of times a second.
    expect(spent).toBeLessThan(1000);
    expect(lines.length - linesBefore).toBeLessThan(20);
    expect(worker.silentFor()).toBeLessThan(10_000);
    await admin.call(mends[0], ...mends.slice(1));
    await until('the other jobs', () => done.includes('ord_2') && done.includes('ord_3'));
    await worker.stop(1000);
    await queues.close();
    admin.disconnect();
  },
);

/** True once this much time has passed. */
function timer(ms: number): () => boolean {
  const until = performance.now() + ms;
  return () => performance.now() > until;
}

async function calls(admin: Redis): Promise<number> {
  const info = await admin.info('stats');
  return (
    Number(/total_commands_processed:(\d+)/.exec(info)?.[1]) +
    Number(/total_error_replies:(\d+)/.exec(info)?.[1])
  );
}
