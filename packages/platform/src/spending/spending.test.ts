import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { redisKeys } from '../redis/keys.ts';
import { openScratch } from '../test-support/index.ts';
import { Spending } from './spending.ts';

const scratch = await openScratch();
afterAll(() => scratch[Symbol.asyncDispose]());
const redis = scratch.redis;
const spending = new Spending(redis, redisKeys(scratch.prefix), 300);
const fail = (error: unknown) => {
  throw error;
};

const DAY = { limitUsd: 10, estimateUsd: undefined };

test('before anybody knows what a try costs, tries go one after the other', async () => {
  const of = (id: string) => ({ handler: 'new', id });
  expect(await spending.reserve(of('a'), DAY)).toEqual({ outcome: 'reserved', spentUsd: 0, reservedUsd: 0 });
  expect(await spending.reserve(of('b'), DAY)).toMatchObject({ outcome: 'wait', reservedUsd: 10 });
  await spending.add(of('a'), 2);
  await spending.hold(of('a'), fail)(true);
  const outcomes = await Promise.all(
    ['b', 'c', 'd', 'e', 'f', 'g'].map(async (id) => (await spending.reserve(of(id), DAY)).outcome),
  );
  expect(outcomes).toEqual(['reserved', 'reserved', 'reserved', 'reserved', 'wait', 'wait']);
});

test('the limit of an order is the estimate as long as no try has ended', async () => {
  const of = (id: string) => ({ handler: 'estimated', id });
  const day = { limitUsd: 10, estimateUsd: 4 };
  const outcomes = [];
  for (const id of ['a', 'b', 'c']) outcomes.push((await spending.reserve(of(id), day)).outcome);
  expect(outcomes).toEqual(['reserved', 'reserved', 'wait']);
});

test('what a try spends is taken off its reservation, and what it did not spend is free again', async () => {
  const of = (id: string) => ({ handler: 'thrifty', id });
  const day = { limitUsd: 10, estimateUsd: 5 };
  await spending.reserve(of('a'), day);
  await spending.reserve(of('b'), day);
  await spending.add(of('a'), 3);
  expect(await spending.reserve(of('c'), day)).toEqual({ outcome: 'wait', spentUsd: 3, reservedUsd: 7 });
  await spending.hold(of('a'), fail)(true);
  expect(await spending.reserve(of('c'), day)).toMatchObject({ outcome: 'wait', reservedUsd: 5 });
  await spending.add(of('b'), 0.5);
  await spending.hold(of('b'), fail)(false);
  expect(await spending.reserve(of('c'), day)).toMatchObject({ outcome: 'reserved', spentUsd: 3.5 });
});

test('a try that is alone goes, though it may cost more than is left; one after the limit does not', async () => {
  const of = (id: string) => ({ handler: 'dear', id });
  await spending.reserve(of('a'), DAY);
  await spending.add(of('a'), 9);
  await spending.hold(of('a'), fail)(true);
  expect(await spending.reserve(of('b'), DAY)).toMatchObject({ outcome: 'reserved' });
  await spending.add(of('b'), 9);
  await spending.hold(of('b'), fail)(true);
  expect(await spending.reserve(of('c'), DAY)).toMatchObject({ outcome: 'spent', spentUsd: 18 });
});

test('the reservation of a worker that crashed ends by itself; one that is held stays', async () => {
  const of = (id: string) => ({ handler: 'crashing', id });
  await spending.reserve(of('held'), { limitUsd: 10, estimateUsd: 6 });
  const settle = spending.hold(of('held'), fail);
  await delay(500);
  expect(await spending.reserve(of('b'), { limitUsd: 10, estimateUsd: 6 })).toMatchObject({
    outcome: 'wait',
  });
  await settle(false);
  await spending.reserve(of('crashed'), { limitUsd: 10, estimateUsd: 6 });
  await expect
    .poll(async () => (await spending.reserve(of('b'), { limitUsd: 10, estimateUsd: 6 })).outcome)
    .toBe('reserved');
});

test('the same try takes over its own reservation', async () => {
  const of = { handler: 'again', id: 'a' };
  await spending.reserve(of, DAY);
  expect(await spending.reserve(of, DAY)).toMatchObject({ outcome: 'reserved' });
});

test('a handler that tells no cost is not slowed down', async () => {
  const of = (id: string) => ({ handler: 'silent', id });
  await spending.reserve(of('a'), DAY);
  await spending.hold(of('a'), fail)(true);
  for (const id of ['b', 'c', 'd']) {
    expect(await spending.reserve(of(id), DAY)).toMatchObject({ outcome: 'reserved' });
  }
});
