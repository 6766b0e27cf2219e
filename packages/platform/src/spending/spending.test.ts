import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, describe, expect, test } from 'vitest';
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

const tryOf =
  (handler: string, step: 'price' | 'generate' = 'generate') =>
  (id: string) => ({ handler, step, id });
const DAY = { limitUsd: 10, estimateUsd: undefined };

test('while the cost of a try is unknown, tries run one after the other', async () => {
  const of = tryOf('new');
  expect(await spending.reserve(of('a'), DAY)).toEqual({ outcome: 'reserved', spentUsd: 0, reservedUsd: 0 });
  expect(await spending.reserve(of('b'), DAY)).toMatchObject({ outcome: 'wait', reservedUsd: 10 });
  await spending.add(of('a'), 2);
  await spending.hold(of('a'), fail)(true);
  const outcomes = await Promise.all(
    ['b', 'c', 'd', 'e', 'f', 'g'].map(async (id) => (await spending.reserve(of(id), DAY)).outcome),
  );
  expect(outcomes).toEqual(['reserved', 'reserved', 'reserved', 'reserved', 'wait', 'wait']);
});

test('the limit of an order is the estimate until a try has ended', async () => {
  const of = tryOf('estimated');
  const day = { limitUsd: 10, estimateUsd: 4 };
  const outcomes = [];
  for (const id of ['a', 'b', 'c']) outcomes.push((await spending.reserve(of(id), day)).outcome);
  expect(outcomes).toEqual(['reserved', 'reserved', 'wait']);
});

test("a try's cost is deducted from its reservation, and the rest becomes free again", async () => {
  const of = tryOf('thrifty');
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

test('a try that is alone goes, though it may cost more than is left. One after the limit does not', async () => {
  const of = tryOf('dear');
  await spending.reserve(of('a'), DAY);
  await spending.add(of('a'), 9);
  await spending.hold(of('a'), fail)(true);
  expect(await spending.reserve(of('b'), DAY)).toMatchObject({ outcome: 'reserved' });
  await spending.add(of('b'), 9);
  await spending.hold(of('b'), fail)(true);
  expect(await spending.reserve(of('c'), DAY)).toMatchObject({ outcome: 'spent', spentUsd: 18 });
});

test('the reservation of a worker that crashed expires, and one that is held stays', async () => {
  const of = tryOf('crashing');
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
  const of = tryOf('again')('a');
  await spending.reserve(of, DAY);
  expect(await spending.reserve(of, DAY)).toMatchObject({ outcome: 'reserved' });
});

test('tries that report no cost do not predict the next cost', async () => {
  const of = tryOf('silent');
  await spending.reserve(of('a'), DAY);
  await spending.hold(of('a'), fail)(true);
  expect(await spending.reserve(of('b'), DAY)).toMatchObject({ outcome: 'reserved' });
  expect(await spending.reserve(of('c'), DAY)).toMatchObject({ outcome: 'wait', reservedUsd: 10 });
});

test('a try that gave no result does not predict the next cost', async () => {
  const of = tryOf('refusing');
  await spending.reserve(of('a'), DAY);
  await spending.add(of('a'), 0.01);
  await spending.hold(of('a'), fail)(false);
  expect(await spending.reserve(of('b'), DAY)).toMatchObject({ outcome: 'reserved' });
  expect(await spending.reserve(of('c'), DAY)).toMatchObject({ outcome: 'wait' });
});

test('a cheap try does not lower later reservations below the estimate', async () => {
  const of = tryOf('varied');
  const day = { limitUsd: 5, estimateUsd: 2 };
  await spending.reserve(of('a'), day);
  await spending.add(of('a'), 0.01);
  await spending.hold(of('a'), fail)(true);
  const outcomes = [];
  for (const id of ['b', 'c', 'd']) outcomes.push((await spending.reserve(of(id), day)).outcome);
  expect(outcomes).toEqual(['reserved', 'reserved', 'wait']);
});

describe('a quote', () => {
  const free = { limitUsd: 10, estimateUsd: 0 };

  test('that is free neither waits for running generations nor delays them', async () => {
    const made = tryOf('quoting');
    const quoted = tryOf('quoting', 'price');
    await spending.reserve(made('a'), DAY);
    expect(await spending.reserve(quoted('q'), free)).toMatchObject({ outcome: 'reserved' });
    await spending.hold(made('a'), fail)(false);
    expect(await spending.reserve(made('b'), DAY)).toMatchObject({ outcome: 'reserved' });
  });

  test('reserves the cost of quotes, independent of generations', async () => {
    const made = tryOf('consulting');
    const quoted = tryOf('consulting', 'price');
    await spending.reserve(quoted('q'), free);
    await spending.add(quoted('q'), 0.5);
    await spending.hold(quoted('q'), fail)(true);
    await spending.reserve(quoted('r'), free);
    expect(await spending.reserve(made('a'), { ...DAY, estimateUsd: 9 })).toMatchObject({
      outcome: 'reserved',
      reservedUsd: 0.5,
    });
    expect(await spending.reserve(made('b'), { ...DAY, estimateUsd: 0.5 })).toMatchObject({
      outcome: 'wait',
    });
  });
});
