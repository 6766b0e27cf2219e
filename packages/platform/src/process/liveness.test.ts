import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, describe, expect, test } from 'vitest';
import { Queues } from '../jobs/queues.ts';
import { type RunningWorker, startWorker } from '../jobs/worker.ts';
import { openRedis } from '../redis/connection/connection.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { openLine } from '../test-support/line.ts';
import { newOrder, openScratch, until } from '../test-support/scratch.ts';
import { workerCheck } from './health.ts';
import { watchLiveness } from './liveness.ts';

const scratch = await openScratch();
const { redis, keys, log } = scratch;
afterAll(() => scratch[Symbol.asyncDispose]());

function worker(silentMs: number, state: { isRunning?: boolean; isStopping?: boolean } = {}): RunningWorker {
  return {
    queue: 'delivery',
    isRunning: () => state.isRunning ?? true,
    isStopping: () => state.isStopping ?? false,
    runningJobs: () => [],
    silentFor: () => silentMs,
    stop: async () => undefined,
  };
}

describe('a worker that requests no job', () => {
  test('is not ready after half a minute, and names its queue', async () => {
    expect(await workerCheck(worker(1000))()).toBeNull();
    expect(await workerCheck(worker(40_000))()).toBe(
      'the worker of queue delivery asked for no job for 40 s',
    );
  });

  test('ends its process if Redis answers meanwhile', async () => {
    const reasons: string[] = [];
    const watch = watchLiveness({ workers: [worker(60_000)], redis }, { stuckAfterMs: 1 }, (reason) =>
      reasons.push(reason),
    );
    await until('the end', () => reasons.length > 0, 15_000);
    watch.stop();
    expect(reasons[0]).toContain('queue delivery');
  });

  test('ends its process also if its loop has ended, unless it was asked to stop', async () => {
    const reasons: string[] = [];
    const workers = [
      { ...worker(60_000, { isStopping: true }), queue: 'messages' as const },
      worker(60_000, { isRunning: false }),
    ];
    const watch = watchLiveness({ workers, redis }, { stuckAfterMs: 1, lookMs: 50 }, (reason) =>
      reasons.push(reason),
    );
    await until('the end', () => reasons.length > 0);
    watch.stop();
    expect(reasons[0]).toContain('queue delivery');
  });
});

test('a silent open connection that is not replaced ends the process', async () => {
  await using line = await openLine(scratch.url);
  const mute = new Redis(line.url, { maxRetriesPerRequest: null });
  await mute.ping();
  line.swallow();
  const reasons: string[] = [];
  const watch = watchLiveness({ workers: [], redis: mute }, { stuckAfterMs: 1000, lookMs: 2500 }, (reason) =>
    reasons.push(reason),
  );
  await until('the end', () => reasons.length > 0, 15_000);
  watch.stop();
  expect(reasons[0]).toBe('Redis says nothing on an open connection');
  mute.disconnect();
}, 20_000);

test('a process with silent connections recovers, including its workers', async () => {
  await using line = await openLine(scratch.url);
  const connection = openRedis(line.url, 'worker', {
    log,
    heartbeat: { everyMs: 100, misses: 3, handshakeMs: 1000 },
  });
  const done: string[] = [];
  const running = startWorker({
    queue: 'orders',
    connection,
    prefix: keys.bull,
    concurrency: 2,
    // Redis may hand out the second job in a reply that is swallowed. The job is taken over then.
    lockMs: 4000,
    log,
    metrics: createMetrics('liveness'),
    processors: { reconcile: async ({ orderId }) => void done.push(orderId) },
    giveUp: async () => undefined,
  });
  const queues = new Queues(redis, keys.bull, log);
  await queues.poke(newOrder(), 'sweep');
  await until('the first job', () => done.length === 1);
  line.swallow();
  await queues.poke(newOrder(), 'sweep');
  await until('the second job', () => done.length === 2, 25_000);
  await running.stop(1000);
  await queues.close();
  connection.disconnect();
}, 30_000);

test('a blocked event loop ends its process', async () => {
  const script = `
    import { guardEventLoop } from ${JSON.stringify(path.join(import.meta.dirname, 'liveness.ts'))};
    guardEventLoop(2000, console);
    setTimeout(() => { for (;;); }, 1500);
  `;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let told = '';
  child.stderr.on('data', (chunk: Buffer) => {
    told += chunk.toString();
  });
  const [, signal] = await once(child, 'exit');
  expect(signal).toBe('SIGKILL');
  expect(told).toContain('the event loop is blocked');
});
