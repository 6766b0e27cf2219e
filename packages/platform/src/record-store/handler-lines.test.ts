import { afterAll, expect, test } from 'vitest';
import { newOrder, openScratch } from '../test-support/scratch.ts';
import { type HandlerLine, HandlerLines } from './handler-lines.ts';

const scratch = await openScratch();
const { redis, keys } = scratch;
const lines = new HandlerLines(redis, keys);
afterAll(() => scratch[Symbol.asyncDispose]());

const line = (message: string, fields: Partial<HandlerLine> = {}): HandlerLine => ({
  at: 1_000,
  level: 'info',
  handler: 'painter',
  round: '0',
  message,
  fields: '',
  ...fields,
});
const messages = async (ref: ReturnType<typeof newOrder>) =>
  (await lines.list(ref)).map(({ message }) => message);

test('an order keeps 32,000 bytes of lines, whatever its alphabet', async () => {
  const ref = newOrder();
  const batch = Array.from({ length: 50 }, (_, at) =>
    line(`${at} ${'界'.repeat(900)}`, { fields: '界'.repeat(900) }),
  );
  await lines.add(ref, ...batch);
  const bytes = (await redis.lrange(keys.handlerLines(ref), 0, -1)).map((text) => Buffer.byteLength(text));
  expect(bytes.length).toBeGreaterThan(2);
  expect(bytes.reduce((sum, more) => sum + more, 0)).toBeLessThanOrEqual(32_000);
  expect((await messages(ref)).at(-1)).toMatch(/^49 /);
  expect(await redis.pttl(keys.handlerLines(ref))).toBeGreaterThan(29 * 24 * 3_600_000);
});

test('the oldest lines go first, and warnings and errors go last', async () => {
  const ref = newOrder();
  const long = 'x'.repeat(900);
  // A message that looks like a line of another level does not change its own level.
  await lines.add(ref, line('"level":"info"', { level: 'error' }), line('first'));
  for (let at = 0; at < 60; at += 1) await lines.add(ref, line(`${at}`, { fields: long }));
  expect((await messages(ref))[0]).toBe('"level":"info"');
  expect(await messages(ref)).not.toContain('first');
  expect((await messages(ref)).at(-1)).toBe('59');
  for (let at = 0; at < 60; at += 1)
    await lines.add(ref, line(`warning ${at}`, { level: 'warn', fields: long }));
  const left = await messages(ref);
  expect(left.every((message) => message.startsWith('warning '))).toBe(true);
  expect(left.at(-1)).toBe('warning 59');
});

test('a damaged line is left out', async () => {
  const ref = newOrder();
  await lines.add(ref, line('one'));
  await redis.rpush(keys.handlerLines(ref), '{"at":1,"lev', 'null', '{"at":1,"level":"info"}');
  await lines.add(ref, line('two'));
  expect(await messages(ref)).toEqual(['one', 'two']);
});
