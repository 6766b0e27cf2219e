import { ConfigurationError } from '@fulfillment/shared';
import { Redis } from 'ioredis';
import { describe, expect, test } from 'vitest';
import { openAlteringLine } from '../../test-support/line.ts';
import { redisServer, startRedis } from '../../test-support/processes.ts';
import { openLog } from '../../test-support/scratch.ts';
import { checkRedis } from './start-check.ts';

const PREFIX = 'fulfillment';

/** Checks a Redis as a process does at its start. */
async function check(url: string) {
  const { log, lines } = openLog();
  const redis = new Redis(url);
  redis.on('error', () => undefined);
  try {
    const checked = await checkRedis(redis, { url, prefix: PREFIX, log });
    return { ...checked, lines };
  } finally {
    redis.disconnect();
  }
}

/** The address of the server for a user with these rights. */
async function userOf(url: string, ...rules: string[]): Promise<string> {
  const admin = new Redis(url);
  await admin.acl('SETUSER', 'seller', 'reset', 'on', '>hunter2', ...rules);
  admin.disconnect();
  return url.replace('redis://', 'redis://seller:hunter2@');
}

describe.skipIf(redisServer === null)('a Redis is checked at the start:', () => {
  test('eviction of keys is rejected', async () => {
    await using server = await startRedis();
    const admin = new Redis(server.url);
    for (const policy of ['allkeys-lru', 'volatile-ttl', 'allkeys-random']) {
      await admin.config('SET', 'maxmemory-policy', policy);
      await expect(check(server.url)).rejects.toThrow(ConfigurationError);
      await expect(check(server.url)).rejects.toThrow(policy);
    }
    admin.disconnect();
  });

  test('a missing append-only file causes a warning', async () => {
    await using server = await startRedis();
    const { lines } = await check(server.url);
    expect(lines).toMatchObject([{ level: 40, msg: expect.stringContaining('append-only') }]);
  });

  test('an old version is rejected, also if INFO is hidden', async () => {
    await using server = await startRedis('--appendonly', 'yes');
    await using line = await openAlteringLine(server.url, (text) =>
      text.replace(/redis_version:\d/, 'redis_version:5').replace(/(version\r\n\$\d+\r\n)\d/, '$15'),
    );
    await expect(check(line.url)).rejects.toThrow(/version 5\.\S+ is too old. Use 6.2 or later/);
    const url = await userOf(line.url, '~*', '&*', '+@all', '-info');
    await expect(check(url)).rejects.toThrow(/version 5\.\S+ is too old/);
  });

  test('a user without INFO causes a warning', async () => {
    await using server = await startRedis();
    const { lines, hidesInfo } = await check(await userOf(server.url, '~*', '&*', '+@all', '-info'));
    expect(hidesInfo).toBe(true);
    expect(lines).toMatchObject([{ level: 40, msg: expect.stringContaining('may not run INFO') }]);
  });

  test.each([
    ['commands', ['~*', '&*', '+@all', '-zadd', '-evalsha'], 'the command evalsha, the command zadd'],
    ['transactions', ['~*', '&*', '+@all', '-multi'], 'the command multi'],
    ['keys', ['~other:*', '&*', '+@all'], 'the keys of the prefix'],
    ['channels', ['~*', 'resetchannels', '+@all'], 'the channel of the prefix'],
  ])('a user without the right to %s is rejected, and the missing right is named', async (_, rules, text) => {
    await using server = await startRedis();
    const url = await userOf(server.url, ...rules);
    await expect(check(url)).rejects.toThrow(`the user lacks rights: ${text}`);
    await expect(check(url)).rejects.not.toThrow('hunter2');
  });

  test('a Cluster node is rejected, with or without slots', async () => {
    await using server = await startRedis(
      '--cluster-enabled',
      'yes',
      '--cluster-config-file',
      `nodes-${process.pid}.conf`,
    );
    await expect(check(server.url)).rejects.toThrow(/Cluster node/);
    const admin = new Redis(server.url);
    await admin.cluster('ADDSLOTSRANGE', 0, 16_383);
    await expect.poll(() => admin.cluster('INFO'), { timeout: 10_000 }).toContain('cluster_state:ok');
    await expect(check(server.url)).rejects.toThrow(/CROSSSLOT[\s\S]*Cluster node/);
    admin.disconnect();
  });

  test('a temporary problem causes a warning with its name: a replica, full memory', async () => {
    await using primary = await startRedis();
    await using replica = await startRedis('--replicaof', '127.0.0.1', new URL(primary.url).port);
    expect((await check(replica.url)).lines).toContainEqual(
      expect.objectContaining({ level: 40, advice: expect.stringContaining('read-only replica') }),
    );
    const admin = new Redis(primary.url);
    await admin.config('SET', 'maxmemory', '1');
    expect((await check(primary.url)).lines).toContainEqual(
      expect.objectContaining({ level: 40, advice: expect.stringContaining('maxmemory') }),
    );
    admin.disconnect();
  });

  test('the check leaves no key', async () => {
    await using server = await startRedis();
    await check(server.url);
    const admin = new Redis(server.url);
    expect(await admin.keys('*')).toEqual([]);
    admin.disconnect();
  });
});
