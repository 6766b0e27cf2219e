import { Redis } from 'ioredis';
import { afterEach, expect, test } from 'vitest';
import type { RedisTrouble } from '../redis/monitor/monitor.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { openLog, redisUrl } from '../test-support/scratch.ts';
import { baseChecks } from './health.ts';
import { createServer, type ReadinessCheck } from './server.ts';

const { log, lines } = openLog();
const metrics = createMetrics('test');
const servers: ReturnType<typeof createServer>[] = [];
afterEach(() => Promise.all(servers.splice(0).map((server) => server.close())));

function start(checks: Record<string, ReadinessCheck> = {}, bodyLimit?: number) {
  const server = createServer({ log, metrics, checks, ...(bodyLimit === undefined ? {} : { bodyLimit }) });
  servers.push(server);
  return server;
}

test('it is alive', async () => {
  const response = await start({ redis: () => 'away' }).inject('/healthz');
  expect(response.statusCode).toBe(200);
  expect(response.json()).toEqual({ status: 'ok' });
});

test('it is ready when every check passes', async () => {
  const response = await start({ redis: async () => null, agents: () => null }).inject('/readyz');
  expect(response.statusCode).toBe(200);
  expect(response.json()).toEqual({ status: 'ready', problems: {} });
});

test('it is not ready when a check fails, throws or hangs, and names the check without secrets', async () => {
  const server = start({
    process: () => null,
    agents: () => 'not every agent is identified yet',
    redis: () => {
      throw new Error('redis://:hunter2@h:6379 is away');
    },
    worker: () => new Promise(() => undefined),
  });
  const response = await server.inject('/readyz');
  expect(response.statusCode).toBe(503);
  expect(response.json()).toEqual({
    status: 'not ready',
    problems: {
      agents: 'not every agent is identified yet',
      redis: 'redis://:[redacted]@h:6379 is away',
      worker: 'did not answer in time',
    },
  });
});

test('checks that are added later count', async () => {
  const checks: Record<string, ReadinessCheck> = {};
  const server = start(checks);
  checks.late = () => 'not yet';
  expect((await server.inject('/readyz')).statusCode).toBe(503);
});

test('its metrics are in the format of Prometheus', async () => {
  metrics.jobWait('orders', 'reconcile', 40);
  metrics.jobDone({ queue: 'orders', job: 'reconcile', outcome: 'done', ms: 40 });
  metrics.counter('test_webhooks_total', 'Webhooks', ['status']).inc({ status: '202' });
  metrics.sharedGauge({
    name: 'test_jobs',
    help: 'Jobs',
    labels: ['queue'],
    scope: 'fleet',
    collect: async (set) => set({ queue: 'orders' }, 3),
  });
  const response = await start().inject('/metrics');
  expect(response.headers['content-type']).toMatch(/^text\/plain/);
  const lines = response.body.split('\n');
  expect(lines.filter((line) => line.startsWith('fulfillment_job_wait_seconds_count'))).toEqual([
    'fulfillment_job_wait_seconds_count{app="test",queue="orders",job="reconcile"} 1',
  ]);
  expect(lines.filter((line) => line.startsWith('fulfillment_job_run_seconds_sum'))).toEqual([
    'fulfillment_job_run_seconds_sum{app="test",queue="orders",job="reconcile",outcome="done"} 0.04',
  ]);
  expect(lines.filter((line) => line.startsWith('test_'))).toEqual([
    'test_webhooks_total{status="202",app="test"} 1',
    'test_jobs{queue="orders"} 3',
  ]);
});

test("a run as long as the handler's time limit has its own bucket", async () => {
  metrics.jobDone({ queue: 'generation', job: 'generate', outcome: 'done', ms: 6.9 * 24 * 3600_000 });
  const { body } = await start().inject('/metrics');
  const bucket = (le: string) =>
    new RegExp(`run_seconds_bucket\\{le="${le}"[^}]*job="generate"[^}]*\\} (\\d+)`).exec(body)?.[1];
  expect([bucket('172800'), bucket('604800')]).toEqual(['0', '1']);
});

test('a client error is explained, and a server error is only logged', async () => {
  const server = start();
  server.get('/theirs', () => {
    throw Object.assign(new Error('order_id is missing'), { statusCode: 422 });
  });
  server.get('/ours', () => {
    throw new Error('the password is hunter2');
  });
  server.get('/unavailable', () => {
    throw Object.assign(new Error('redis at 10.0.0.7 is away'), { statusCode: 503 });
  });
  const theirs = await server.inject('/theirs');
  expect([theirs.statusCode, theirs.json()]).toEqual([422, { error: 'order_id is missing' }]);
  const ours = await server.inject('/ours');
  expect([ours.statusCode, ours.json()]).toEqual([500, { error: 'internal error' }]);
  const unavailable = await server.inject('/unavailable');
  expect([unavailable.statusCode, unavailable.json()]).toEqual([503, { error: 'internal error' }]);
  expect(lines).toContainEqual(expect.objectContaining({ msg: 'request failed', url: '/ours' }));
});

test('a missing page is not found, and a body that is too large is rejected', async () => {
  const server = start({}, 10);
  server.post('/small', () => 'ok');
  expect((await server.inject('/nothing')).statusCode).toBe(404);
  const large = await server.inject({ method: 'POST', url: '/small', payload: { text: 'x'.repeat(20) } });
  expect(large.statusCode).toBe(413);
});

test('a process is ready with all its connections and agents, until it stops', async () => {
  const [redis, producer] = [1, 2].map(() => new Redis(redisUrl(), { lazyConnect: true })) as [Redis, Redis];
  const agents = { isComplete: true } as Parameters<typeof baseChecks>[1];
  const monitor: { trouble: RedisTrouble | null } = { trouble: null };
  let stopping = false;
  const checks = baseChecks({ connections: [redis, producer], monitor }, agents, () => stopping);
  expect(await checks.redis?.()).toBe('redis is wait');
  await redis.connect();
  expect(await checks.redis?.()).toBe('redis is wait');
  await producer.connect();
  expect(await Promise.all(Object.values(checks).map((check) => check()))).toEqual([null, null, null]);
  monitor.trouble = { cause: 'memory', text: 'Redis answers "OOM"', since: 0 };
  expect(await checks.redis?.()).toBe('Redis answers "OOM"');
  stopping = true;
  expect(await checks.process?.()).toBe('shutting down');
  redis.disconnect();
  producer.disconnect();
});
