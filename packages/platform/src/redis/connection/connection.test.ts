import { randomUUID } from 'node:crypto';
import { ConfigurationError } from '@fulfillment/shared';
import { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { describeError } from '../../telemetry/failures.ts';
import { openLine } from '../../test-support/line.ts';
import { freePort, redisServer, startRedis } from '../../test-support/processes.ts';
import { openLog, redisUrl, until } from '../../test-support/scratch.ts';
import { redisCause } from '../errors.ts';
import { openRedis, untilReady, untilUsable } from './connection.ts';
import { keepAlive } from './heartbeat.ts';

test('a connection is ready once it accepts commands', async () => {
  const redis = openRedis(redisUrl(), 'worker', { log: openLog().log });
  await untilReady(redis);
  await untilReady(redis);
  expect(await redis.ping()).toBe('PONG');
  redis.disconnect();
});

test('a producer fails at once while Redis is away, and the outage is logged once, without the password', async () => {
  const { log, lines, texts } = openLog();
  const redis = openRedis(`redis://:hunter2@127.0.0.1:${await freePort()}`, 'producer', { log });
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
  const redis = openRedis(first.url, 'worker', { log });
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
  'an open connection of a %s on which nothing comes through is replaced',
  async (role) => {
    await using line = await openLine(redisUrl());
    const { log, lines } = openLog();
    const redis = openRedis(line.url, role, {
      log,
      heartbeat: { everyMs: 50, misses: 3, handshakeMs: 1000 },
    });
    await untilReady(redis);
    line.swallow();
    await until('the loss', () => lines.some(({ msg }) => /says nothing/.test(String(msg))));
    await until('its return', () => lines.some(({ msg }) => msg === 'redis is back'), 10_000);
    expect(await redis.ping()).toBe('PONG');
    redis.disconnect();
  },
);

test('one whose commands run out of time before the next question is replaced, too', async () => {
  await using line = await openLine(redisUrl());
  const redis = new Redis(line.url, { commandTimeout: 40, retryStrategy: () => 10 });
  let losses = 0;
  keepAlive(redis, { everyMs: 50, misses: 3, handshakeMs: 1000 }, () => {
    losses += 1;
  });
  await untilReady(redis);
  line.swallow();
  await until('the loss', () => losses > 0);
  // The short limit was for the lost commands. A busy machine may need more for the answer.
  redis.options.commandTimeout = 10_000;
  await untilReady(redis);
  expect(await redis.ping()).toBe('PONG');
  redis.disconnect();
});

const QUICK = { everyMs: 50, misses: 3, handshakeMs: 200 };

test('a connection that is silent during its handshake is reopened, and so is its copy by BullMQ', async () => {
  await using line = await openLine(redisUrl());
  const { log, lines } = openLog();
  const redis = openRedis(line.url, 'worker', { log, heartbeat: QUICK });
  const copy = redis.duplicate();
  copy.on('error', () => undefined);
  await Promise.all([untilReady(redis), untilReady(copy)]);
  line.mute(true);
  line.swallow();
  for (const connection of [redis, copy]) connection.disconnect(true);
  await until('the mute handshake', () => lines.some(({ msg }) => /during the handshake/.test(String(msg))));
  line.mute(false);
  expect(await redis.ping()).toBe('PONG');
  expect(await copy.ping()).toBe('PONG');
  redis.disconnect();
  copy.disconnect();
}, 20_000);

test('the reason for the wait at the start is logged again and again, with the address and without the password', async () => {
  const { log, lines, texts } = openLog();
  const port = await freePort();
  const url = `redis://seller:hunter2@127.0.0.1:${port}/1`;
  const redis = openRedis(url, 'worker', { log, heartbeat: QUICK });
  const stop = new AbortController();
  void untilUsable(redis, url, { log, signal: stop.signal, everyMs: 50 });
  const waits = () => lines.filter(({ msg }) => /waiting for Redis/.test(String(msg)));
  await until('three lines', () => waits().length >= 3);
  expect(waits()[0]).toMatchObject({ level: 50, address: `redis://127.0.0.1:${port}/1` });
  expect(JSON.stringify(waits().at(-1))).toContain('ECONNREFUSED');
  expect(texts.join('')).not.toContain('hunter2');
  stop.abort();
  const before = waits().length;
  await new Promise((resolve) => redis.once('reconnecting', resolve));
  expect(waits()).toHaveLength(before);
  redis.disconnect();
});

test('an app that starts while Redis is silent says so', async () => {
  await using line = await openLine(redisUrl());
  line.mute(true);
  const { log, lines } = openLog();
  const redis = openRedis(line.url, 'worker', { log, heartbeat: QUICK });
  const usable = untilUsable(redis, line.url, { log, signal: new AbortController().signal, everyMs: 50 });
  await until('a line', () => lines.some(({ reason }) => reason === 'no answer to the handshake yet'));
  line.mute(false);
  await usable;
  redis.disconnect();
});

test.skipIf(redisServer === null).each([
  ['a wrong password', ['--requirepass', 'right'], 'redis://:wrong@', '', /refuses the password.*WRONGPASS/],
  ['no password', ['--requirepass', 'right'], 'redis://', '', /refuses the password.*NOAUTH/],
  ['a database that does not exist', [], 'redis://', '/99', /refuses its database.*out of range/],
])('%s is a configuration error', async (_, options, scheme, database, text) => {
  await using server = await startRedis(...options);
  const url = `${server.url.replace('redis://', scheme)}${database}`;
  const { log } = openLog();
  const redis = openRedis(url, 'worker', { log, heartbeat: QUICK });
  const usable = untilUsable(redis, url, { log, signal: new AbortController().signal });
  await expect(usable).rejects.toThrow(ConfigurationError);
  await expect(usable).rejects.toThrow(text);
  redis.disconnect();
});

test.skipIf(redisServer === null)('a connection never continues with another database', async () => {
  await using first = await startRedis();
  const { log } = openLog();
  const redis = openRedis(`${first.url}/3`, 'worker', { log, heartbeat: QUICK });
  await untilReady(redis);
  first.process.kill('SIGKILL');
  await first.exited;
  redis.set('key', 'value').catch(() => undefined);
  await using _second = await startRedis('--port', new URL(first.url).port, '--databases', '1');
  const errors: Error[] = [];
  redis.on('error', (error) => errors.push(error));
  await until('the refusal', () => errors.some(({ message }) => /out of range/.test(message)));
  const other = new Redis(first.url);
  expect(await other.keys('*')).toEqual([]);
  other.disconnect();
  redis.disconnect();
});

test.skipIf(redisServer === null)(
  'if its server becomes a replica, a connection is reopened and finds the new primary',
  async () => {
    await using one = await startRedis();
    await using two = await startRedis();
    await using line = await openLine(one.url);
    const { log } = openLog();
    const redis = openRedis(line.url, 'worker', { log });
    const blocked = redis.duplicate();
    blocked.on('error', () => undefined);
    await Promise.all([untilReady(redis), untilReady(blocked)]);
    const waiting = blocked.bzpopmin('queue', 60);
    const admin = new Redis(one.url);
    line.leadTo(two.url);
    await admin.replicaof('127.0.0.1', new URL(two.url).port);
    await expect(waiting).rejects.toThrow(/UNBLOCKED/);
    await expect(redis.set('key', '1')).rejects.toThrow(/READONLY/);
    await until('the new primary', () => redis.set('key', '2').catch(() => null), 2000);
    expect(await blocked.zadd('queue', 1, 'x')).toBe(1);
    for (const connection of [redis, blocked, admin]) connection.disconnect();
  },
);

test.skipIf(redisServer === null)('an error text says why Redis discarded a transaction', async () => {
  await using server = await startRedis();
  const redis = new Redis(server.url);
  await redis.config('SET', 'maxmemory', '1');
  const discarded = redis.multi().set('key', 'value').exec();
  const error: unknown = await discarded.catch((reason: unknown) => reason);
  expect(describeError(error)).toMatch(/^EXECABORT .*\(OOM command not allowed/);
  expect(redisCause(error)).toBe('memory');
  redis.disconnect();
});

test('the commands of one turn leave together, and those of the next turn after them', async () => {
  const redis = openRedis(redisUrl(), 'worker', { log: openLog().log });
  await untilReady(redis);
  const key = `turns-${randomUUID()}`;
  const answers = [redis.rpush(key, 'a'), redis.rpush(key, 'b')];
  answers.push(
    redis
      .multi()
      .rpush(key, 'c')
      .exec()
      .then(() => redis.rpush(key, 'd')),
  );
  expect(redis.stream.writableCorked).toBe(1);
  await Promise.all(answers);
  expect(redis.stream.writableCorked).toBe(0);
  expect(await redis.lrange(key, 0, -1)).toEqual(['a', 'b', 'c', 'd']);
  await redis.del(key);
  redis.disconnect();
});
