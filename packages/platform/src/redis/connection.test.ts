import { ConfigurationError } from '@fulfillment/shared';
import { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { openLine } from '../test-support/line.ts';
import { freePort, redisServer, startRedis } from '../test-support/processes.ts';
import { openLog, redisUrl, until } from '../test-support/scratch.ts';
import { checkRedis, openRedis, untilReady } from './connection.ts';
import { keepAlive } from './heartbeat.ts';

test('a connection is ready once it takes commands', async () => {
  const redis = openRedis(redisUrl(), 'worker', openLog().log);
  await untilReady(redis);
  await untilReady(redis);
  expect(await redis.ping()).toBe('PONG');
  redis.disconnect();
});

test('a producer fails at once while Redis is away, and its loss is logged once, without the password', async () => {
  const { log, lines, texts } = openLog();
  const redis = openRedis(`redis://:hunter2@127.0.0.1:${await freePort()}`, 'producer', log);
  let attempts = 0;
  redis.on('reconnecting', () => {
    attempts += 1;
  });
  await until('three attempts', () => attempts >= 3);
  await expect(redis.ping()).rejects.toThrow();
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatchObject({ role: 'producer', msg: 'redis is out of reach' });
  expect(texts.join('')).not.toContain('hunter2');
  redis.disconnect();
});

test.skipIf(redisServer === null)('a Redis that comes back is found again', async () => {
  const { log, lines } = openLog();
  const first = await startRedis();
  const redis = openRedis(first.url, 'worker', log);
  await untilReady(redis);
  first.process.kill('SIGKILL');
  await first.exited;
  await until('the loss', () => lines.some(({ msg }) => msg === 'redis is out of reach'));
  const answer = redis.ping();
  await using _second = await startRedis('--port', new URL(first.url).port);
  expect(await answer).toBe('PONG');
  expect(lines.map(({ msg }) => msg)).toEqual(['redis is out of reach', 'redis is back']);
  redis.disconnect();
});

test.each(['worker', 'producer', 'subscriber'] as const)(
  'an open connection of a %s on which nothing comes through is made anew',
  async (role) => {
    await using line = await openLine(redisUrl());
    const { log, lines } = openLog();
    const redis = openRedis(line.url, role, log, { everyMs: 50, misses: 3 });
    await untilReady(redis);
    line.swallow();
    await until('the loss', () => lines.some(({ msg }) => /says nothing/.test(String(msg))));
    await until('its return', () => lines.some(({ msg }) => msg === 'redis is back'), 10_000);
    expect(await redis.ping()).toBe('PONG');
    redis.disconnect();
  },
);

test('one whose commands run out of time before the next question is made anew, too', async () => {
  await using line = await openLine(redisUrl());
  const redis = new Redis(line.url, { commandTimeout: 40, retryStrategy: () => 10 });
  let losses = 0;
  keepAlive(redis, { everyMs: 50, misses: 3 }, () => {
    losses += 1;
  });
  await untilReady(redis);
  line.swallow();
  await until('the loss', () => losses > 0);
  await untilReady(redis);
  expect(await redis.ping()).toBe('PONG');
  redis.disconnect();
});

test.skipIf(redisServer === null)('one that may evict keys is refused, whichever way', async () => {
  await using server = await startRedis();
  const redis = new Redis(server.url);
  const { log, lines } = openLog();
  await checkRedis(redis, log);
  expect(lines).toMatchObject([{ level: 40, msg: expect.stringContaining('appendonly') }]);
  for (const policy of ['allkeys-lru', 'volatile-ttl', 'allkeys-random']) {
    await redis.config('SET', 'maxmemory-policy', policy);
    await expect(checkRedis(redis, log)).rejects.toThrow(ConfigurationError);
    await expect(checkRedis(redis, log)).rejects.toThrow(policy);
  }
  redis.disconnect();
});

test.skipIf(redisServer === null)('one that does not let us ask is warned of only', async () => {
  await using server = await startRedis();
  const admin = new Redis(server.url);
  await admin.acl('SETUSER', 'guest', 'on', 'nopass', '~*', '&*', '+@all', '-info');
  const redis = new Redis(server.url, { username: 'guest', password: 'any' });
  const { log, lines } = openLog();
  await checkRedis(redis, log);
  expect(lines).toMatchObject([
    { level: 40, msg: expect.stringContaining('does not say its maxmemory-policy') },
  ]);
  admin.disconnect();
  redis.disconnect();
});
