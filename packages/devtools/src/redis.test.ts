import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { temporaryFolder, waitFor } from '@fulfillment/processes';
import { afterEach, expect, test, vi } from 'vitest';
import { acquireRedis } from './redis.ts';
import { redisRunId } from './redis-answer.ts';

const log = () => undefined;
const runIdOf = (url: string) => redisRunId(Number(new URL(url).port));

afterEach(() => vi.unstubAllEnvs());

test('the Redis of REDIS_URL is used unchanged', async () => {
  vi.stubEnv('REDIS_URL', 'redis://somewhere:7000/3');
  const redis = await acquireRedis({ log });
  expect(redis.url).toBe('redis://somewhere:7000/3');
  await redis.close();
});

test('without REDIS_URL a private server is started, and closed for good', async () => {
  vi.stubEnv('REDIS_URL', '');
  const one = await acquireRedis({ log });
  const other = await acquireRedis({ log });
  expect(await runIdOf(one.url)).toMatch(/^\w+$/);
  expect(await runIdOf(one.url)).not.toBe(await runIdOf(other.url));
  await Promise.all([one.close(), other.close()]);
  expect(await runIdOf(one.url)).toBeNull();
});

test('without Redis on the PATH and without root, the error names three ways to provide one', async () => {
  vi.stubEnv('REDIS_URL', '');
  vi.stubEnv('PATH', import.meta.dirname);
  await expect(acquireRedis({ log })).rejects.toThrow(/REDIS_URL[\s\S]*on the PATH[\s\S]*as root/);
});

test('a private server and its folder end with the process that holds them, also by SIGKILL', async () => {
  const temporary = await temporaryFolder('redis-test');
  const holder = spawn(process.execPath, [path.join(import.meta.dirname, 'test-support/hold-redis.ts')], {
    env: { PATH: process.env.PATH, TMPDIR: temporary.path },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [url] = await once(createInterface({ input: holder.stdout }), 'line');
  expect(readdirSync(temporary.path)).toHaveLength(1);
  holder.kill('SIGKILL');
  await waitFor('the server to end', async () => (await runIdOf(url)) === null);
  await waitFor('the folder to be removed', () => readdirSync(temporary.path).length === 0);
  await temporary.remove();
  expect(existsSync(temporary.path)).toBe(false);
  expect(temporary.path.startsWith(tmpdir())).toBe(true);
});
