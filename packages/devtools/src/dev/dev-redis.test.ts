import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import path from 'node:path';
import { temporaryFolder } from '@fulfillment/processes';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { acquireDevRedis } from './dev-redis.ts';

const log = () => undefined;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let state: { redisNote: string; redisFolder: string };

beforeAll(async () => {
  vi.stubEnv('REDIS_URL', '');
  folder = await temporaryFolder('dev-redis');
  state = { redisNote: path.join(folder.path, 'redis.json'), redisFolder: path.join(folder.path, 'redis') };
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await folder.remove();
});

test("a second pnpm dev uses the first one's Redis, and leaves it running", async () => {
  const first = await acquireDevRedis(log, state);
  const second = await acquireDevRedis(log, state);
  expect(second.url).toBe(first.url);
  await second.close();
  const third = await acquireDevRedis(log, state);
  expect(third.url).toBe(first.url);
  await first.close();
});

test('a note about another server is ignored', async () => {
  const first = await acquireDevRedis(log, state);
  await writeFile(state.redisNote, JSON.stringify({ url: first.url, runId: 'of-another-server' }));
  const second = await acquireDevRedis(log, state);
  expect(second.url).not.toBe(first.url);
  await Promise.all([first.close(), second.close()]);
});

test('the next pnpm dev finds the data of the last one', async () => {
  const first = await acquireDevRedis(log, state);
  expect(await ask(first.url, 'SET kept yes')).toBe('+OK');
  await first.close();
  const next = await acquireDevRedis(log, state);
  expect(await ask(next.url, 'GET kept')).toBe('$3 yes');
  await next.close();
});

/** Sends one command of Redis' inline protocol. @returns its answer on one line. */
async function ask(url: string, command: string): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.write(`${command}\r\nQUIT\r\n`);
  const text = (await socket.setEncoding('utf8').toArray()).join('');
  return (
    text
      .replace(/\+OK\r\n$/, '')
      .trim()
      .replaceAll('\r\n', ' ') || '+OK'
  );
}
