import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { temporaryFolder } from '../system/temporary-folder.ts';
import { acquireDevRedis } from './dev-redis.ts';

const log = () => undefined;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let file: string;

beforeAll(async () => {
  vi.stubEnv('REDIS_URL', '');
  folder = await temporaryFolder('dev-redis');
  file = path.join(folder.path, 'redis.json');
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await folder.remove();
});

test('a second pnpm dev uses the Redis of the first, and leaves it running', async () => {
  const first = await acquireDevRedis(log, file);
  const second = await acquireDevRedis(log, file);
  expect(second.url).toBe(first.url);
  await second.close();
  const third = await acquireDevRedis(log, file);
  expect(third.url).toBe(first.url);
  await first.close();
});

test('a note about another server is not believed', async () => {
  const first = await acquireDevRedis(log, file);
  await writeFile(file, JSON.stringify({ url: first.url, runId: 'of-another-server' }));
  const second = await acquireDevRedis(log, file);
  expect(second.url).not.toBe(first.url);
  await Promise.all([first.close(), second.close()]);
});
