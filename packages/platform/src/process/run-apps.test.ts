import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Queues } from '../jobs/queues.ts';
import { AgentRegistry } from '../marketplace/agent-state/registry.ts';
import { redisKeys } from '../redis/keys.ts';
import { type FakeMarket, openMarket } from '../test-support/market.ts';
import { freePort, redisServer, startApp, startRedis } from '../test-support/processes.ts';
import { openScratch, redisUrl, type Scratch, until } from '../test-support/scratch.ts';

const KEY = 'atelier_very-secret-0123456789';
let market: FakeMarket;
let scratch: Scratch;
beforeAll(async () => {
  [market, scratch] = await Promise.all([openMarket(), openScratch()]);
  market.answers['GET /api/agents/me'] = ({ key }) =>
    key === KEY ? { data: { id: 'agt_1', endpoint_url: null } } : { status: 401, text: 'Invalid API key' };
});
afterAll(async () => {
  await market[Symbol.asyncDispose]();
  await scratch[Symbol.asyncDispose]();
});

let apps = 0;

/** The app with its own keys, and with working settings unless the test sets others. */
async function start(env: Record<string, string> = {}) {
  apps += 1;
  const prefix = `${scratch.prefix}-${apps}`;
  const app = await startApp({
    REDIS_URL: redisUrl(),
    REDIS_KEY_PREFIX: prefix,
    ATELIER_BASE_URL: market.url,
    ATELIER_API_KEY: KEY,
    SHUTDOWN_GRACE_SECONDS: '5',
    TEST_APP_PORT: '0',
    ...env,
  });
  return Object.assign(app, { prefix });
}

/** Adds a job that takes this long to the queue of an app. */
async function addJob({ prefix }: { prefix: string }, ms: string): Promise<void> {
  const queues = new Queues(scratch.redis, redisKeys(prefix).bull, scratch.log);
  await queues.add('intake', 'poll', { agentId: ms });
  await queues.close();
}

describe('a wrong configuration ends the process with 78', () => {
  test.each([
    ['the variable', { LOG_LEVEL: 'loud' }, 'LOG_LEVEL must be one of'],
    ['another variable', { REDIS_URL: 'localhost' }, 'REDIS_URL must be a whole URL'],
    ['what to do about the key', { ATELIER_API_KEY: 'atelier_wrong-key-0123' }, 'Check ATELIER_API_KEY'],
  ])('and names %s', async (_, env, text) => {
    await using app = await start(env);
    expect(await app.exited).toBe(78);
    expect(app.output()).toContain(text);
    expect(app.output()).not.toContain('0123');
  });

  test('but not an app that works without agents, which notes the rejected key', async () => {
    await using app = await start({
      ATELIER_API_KEY: 'atelier_wrong-key-0123',
      TEST_APP_WITHOUT_AGENTS: 'true',
    });
    const registry = new AgentRegistry(scratch.redis, redisKeys(app.prefix));
    const agent = await until('the agent', async () => (await registry.list())[0]);
    expect(agent).toMatchObject({ name: 'one', id: null, state: 'key_rejected' });
    app.process.kill('SIGTERM');
    expect(await app.exited).toBe(0);
  });

  test('and names the used port and its setting', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    await using app = await start({ TEST_APP_PORT: String(port) });
    expect(await app.exited).toBe(78);
    expect(app.output()).toContain(
      `Port ${port} of 127.0.0.1 is in use. Stop the program that uses it, or set TEST_APP_PORT to another port.`,
    );
    taken.close();
  });

  test('and names an address that is not of this machine', async () => {
    await using app = await start({ HOST: '192.0.2.1' });
    expect(await app.exited).toBe(78);
    expect(app.output()).toContain('192.0.2.1 is not an address of this machine. Set HOST to one');
  });

  test.skipIf(redisServer === null)('if Redis may evict orders, and says so', async () => {
    await using redis = await startRedis('--maxmemory-policy', 'allkeys-lru');
    await using app = await start({ REDIS_URL: redis.url });
    expect(await app.exited).toBe(78);
    expect(app.output()).toMatch(/maxmemory-policy \\"allkeys-lru\\".*noeviction/);
  });
});

test.skipIf(redisServer === null)('a Redis without persistence causes a warning', async () => {
  await using redis = await startRedis();
  await using app = await start({ REDIS_URL: redis.url });
  await app.says('Set appendonly yes');
});

describe.skipIf(redisServer === null)('an unusable Redis ends the process with 78 and advice:', () => {
  test.each([
    [
      'a wrong password',
      ['--requirepass', 'right'],
      'redis://:hunter2@',
      '',
      'Put the right user and password into REDIS_URL',
    ],
    ['a database that does not exist', [], 'redis://', '/99', 'Set a database number in REDIS_URL'],
    [
      'missing rights',
      ['--user', 'default', 'on', 'nopass', '~*', '&*', '+@all', '-zadd'],
      'redis://',
      '',
      'the command zadd',
    ],
  ])('%s', async (_, options, scheme, database, text) => {
    await using redis = await startRedis(...options);
    await using app = await start({ REDIS_URL: `${redis.url.replace('redis://', scheme)}${database}` });
    expect(await app.exited).toBe(78);
    expect(app.output()).toContain(text);
    expect(app.output()).not.toContain('hunter2');
  });
});

test('a process that waits for Redis at its start is alive, not ready, and says why', async () => {
  const [port, redisPort] = [await freePort(), await freePort()];
  await using app = await start({
    REDIS_URL: `redis://:hunter2@127.0.0.1:${redisPort}`,
    TEST_APP_PORT: String(port),
  });
  const ask = (path: string) => fetch(`http://127.0.0.1:${port}${path}`);
  await until('its health', async () => (await ask('/healthz').catch(() => null))?.status === 200);
  const ready = await ask('/readyz');
  expect([ready.status, await ready.text()]).toEqual([
    503,
    expect.stringContaining(`redis://127.0.0.1:${redisPort}`),
  ]);
  expect(await (await ask('/metrics')).text()).toMatch(/^fulfillment_redis_up\{.*\} 0$/m);
  if (redisServer === null) return;
  await using _redis = await startRedis('--port', String(redisPort), '--requirepass', 'hunter2');
  await app.says('listens');
  expect((await ask('/metrics')).status).toBe(200);
});

describe.concurrent('a signal', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)('%s ends an idle process with 0', async (signal) => {
    await using app = await start();
    await app.says('listens');
    app.process.kill(signal);
    expect(await app.exited).toBe(0);
    expect(app.output()).toContain('"stopped"');
    expect(app.output()).not.toContain('0123456789');
  });

  test('ends a process that waits for Redis', async () => {
    await using app = await start({ REDIS_URL: `redis://:hunter2@127.0.0.1:${await freePort()}` });
    await app.says('redis is out of reach');
    app.process.kill('SIGTERM');
    expect(await app.exited).toBe(0);
    expect(app.output()).not.toContain('hunter2');
  });

  test('waits for the end of the running job', async () => {
    await using app = await start();
    await addJob(app, '500');
    await app.says('job begins');
    app.process.kill('SIGTERM');
    expect(await app.exited).toBe(0);
    expect(app.output()).toContain('job ends');
  });

  test('that comes a second time ends the process at once', async () => {
    await using app = await start({ SHUTDOWN_GRACE_SECONDS: '600' });
    await addJob(app, '60000');
    await app.says('job begins');
    app.process.kill('SIGTERM');
    await app.says('stopping');
    app.process.kill('SIGTERM');
    expect(await app.exited).toBe(1);
    expect(app.output()).not.toContain('job ends');
  });

  test('that comes while the apps stop because one failed does not cut running jobs off', async () => {
    await using app = await start({ SHUTDOWN_GRACE_SECONDS: '600', TEST_APP_FAILS_BESIDE: 'true' });
    await addJob(app, '60000');
    await app.says('this app fails');
    app.process.kill('SIGTERM');
    await app.says('stopping');
    app.process.kill('SIGTERM');
    expect(await app.exited).toBe(1);
    expect(app.output()).not.toContain('job ends');
  });

  test.skipIf(redisServer === null)('ends a process without Redis within its grace period', async () => {
    await using redis = await startRedis();
    await using app = await start({ REDIS_URL: redis.url, SHUTDOWN_GRACE_SECONDS: '0' });
    await app.says('listens');
    redis.process.kill('SIGKILL');
    await redis.exited;
    await app.says('redis is out of reach');
    app.process.kill('SIGTERM');
    expect(await app.exited).toBe(0);
  });
});

test('an unhandled error ends the process, so that it is restarted', async () => {
  await using app = await start({ MODEL_KEY: 'no-shape-anybody-knows' });
  await app.says('listens');
  await addJob(app, 'rejects');
  expect(await app.exited).toBe(1);
  expect(app.output()).toContain('nobody catches this: [redacted]');
  expect(app.output()).not.toContain('no-shape-anybody-knows');
});
