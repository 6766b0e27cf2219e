import { afterAll, expect, test } from 'vitest';
import { openRuntime, until } from '../test-support/index.ts';
import { openScratch } from '../test-support/scratch.ts';
import { entryOfThisProcess, ProcessRegistry } from './process-registry.ts';

const scratch = await openScratch();
const registry = new ProcessRegistry(scratch.redis, scratch.keys);
afterAll(() => scratch[Symbol.asyncDispose]());

test('an app is listed until it is removed or not renewed', async () => {
  const [one, other] = [entryOfThisProcess('ingestor'), { ...entryOfThisProcess('admin'), pid: 7 }];
  await registry.note(one);
  await registry.note({ ...other, jobs: [{ name: 'poll', orderId: null }], running: 1 });
  expect((await registry.list()).map(({ app }) => app)).toEqual(['admin', 'ingestor']);
  await registry.remove(one);
  expect(await registry.list()).toMatchObject([{ app: 'admin', pid: 7, running: 1 }]);
  // What happens after half a minute without a renewal.
  await scratch.redis.del(scratch.keys.process(`admin@${other.host}:7`));
  expect(await registry.list()).toEqual([]);
  expect(await scratch.redis.scard(scratch.keys.processes)).toBe(0);
});

test('the starts of the last hour are kept', async () => {
  const entry = entryOfThisProcess('ingestor');
  const old = entry.startedAt - 2 * 3_600_000;
  await registry.noteStart({ ...entry, startedAt: old });
  await registry.noteStart({ ...entry, pid: 1 });
  await registry.noteStart({ ...entry, pid: 2 });
  expect((await registry.startsSince(0)).map(({ pid }) => pid)).toEqual([1, 2]);
});

test('entries of another version and damaged entries hide no others', async () => {
  const { redis, keys } = scratch;
  const good = entryOfThisProcess('admin');
  await registry.note(good);
  const later = { app: 'ingestor', host: 'far', pid: 1, jobs: 'many' };
  await redis.set(keys.process('later'), JSON.stringify(later));
  await redis.set(keys.process('damaged'), '{');
  await redis.sadd(keys.processes, 'later', 'damaged');
  await redis.zadd(keys.processStarts, Date.now(), '{', Date.now(), '{"app":1}');
  expect(await registry.list()).toMatchObject([
    { app: 'admin' },
    { app: 'ingestor', host: 'far', version: 'unknown', jobs: [], running: 0 },
  ]);
  expect((await registry.startsSince(0)).map(({ pid }) => pid)).toEqual([1, 2]);
  await registry.remove(good);
});

test('a runtime is listed while it runs', async () => {
  const app = await openRuntime();
  const { processes } = app.runtime;
  await until('the entry', async () => (await processes.list()).length === 1);
  expect(await processes.list()).toMatchObject([{ pid: process.pid, running: 0 }]);
  expect(await processes.startsSince(0)).toHaveLength(1);
  await app[Symbol.asyncDispose]();
});
