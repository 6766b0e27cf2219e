import { afterAll, expect, test } from 'vitest';
import { openScratch } from '../test-support/scratch.ts';
import { HandlerTries } from './handler-tries.ts';

const scratch = await openScratch();
const { redis, keys } = scratch;
const tries = new HandlerTries(redis, keys);
afterAll(() => scratch[Symbol.asyncDispose]());

test('recent tries are counted by handler and outcome, and earlier ones are forgotten', async () => {
  expect(await tries.recent()).toEqual(new Map());
  for (const outcome of ['done', 'failed', 'failed'] as const) await tries.note('painter: oil', outcome);
  await tries.note('writer', 'failed');
  const expected = new Map([
    ['painter: oil', { done: 1, failed: 2 }],
    ['writer', { done: 0, failed: 1 }],
  ]);
  expect(await tries.recent()).toEqual(expected);
  const [slot = '', ...others] = await redis.keys(keys.handlerTries(0).replace(/0$/, '*'));
  const number = Number(slot.split(':').at(-1));
  expect(others).toEqual([]);
  expect(await redis.ttl(slot)).toBeGreaterThan(0);
  await redis.rename(slot, keys.handlerTries(number - 1));
  expect(await tries.recent()).toEqual(expected);
  await redis.rename(keys.handlerTries(number - 1), keys.handlerTries(number - 3));
  expect(await tries.recent()).toEqual(new Map());
});
