import { decide, parseOrder, policySchema } from '@fulfillment/shared';
import { afterAll, expect, test } from 'vitest';
import { orderRow } from '../test-support/market.ts';
import { newOrder, openScratch } from '../test-support/scratch.ts';
import { RecordStore } from './record-store.ts';

const scratch = await openScratch();
afterAll(() => scratch[Symbol.asyncDispose]());
const { redis, keys } = scratch;
const store = new RecordStore(redis, keys);
const policy = policySchema.parse({});
const STEP_MS = 600_000;

type Ref = ReturnType<typeof newOrder>;

const observe = async (ref: Ref, status: string) => {
  const askedAt = await store.now();
  const snapshot = parseOrder(orderRow(ref.orderId, { status }));
  return store.observe(ref, { snapshot, askedAt, via: 'read', hintsAnswered: null });
};
const settle = async (ref: Ref) => {
  const record = await loaded(ref);
  await store.settle(record, decide(record, policy, record.loadedAt));
};

async function loaded(ref: Ref) {
  const record = await store.load(ref);
  if (record === null) throw new Error('no record');
  return record;
}

/**
 * A record from a time when Redis' clock was ten minutes ahead. The clock has stepped back since.
 */
async function writtenBeforeStep(): Promise<Ref> {
  const ref = newOrder();
  await observe(ref, 'pending_quote');
  await store.append(ref, [{ type: 'priced', handler: 'painter', priceUsd: '5.00' }]);
  await settle(ref);
  const key = keys.record(ref);
  for (const [field, value] of Object.entries(await redis.hgetall(key))) {
    if (['observedAt', 'settledAt', 'settledSnapshot'].includes(field))
      await redis.hset(key, field, Number(value) + STEP_MS);
    if (field.startsWith('fact:'))
      await redis.hset(
        key,
        field,
        value.replace(/^\d+/, (ms) => String(Number(ms) + STEP_MS)),
      );
  }
  return ref;
}

test('a new read counts after the step, and an older read still does not', async () => {
  const ref = await writtenBeforeStep();
  const earlier = await store.now();
  expect(await observe(ref, 'paid')).toBe(true);
  expect((await loaded(ref)).snapshot?.status).toBe('paid');
  const snapshot = parseOrder(orderRow(ref.orderId, { status: 'cancelled' }));
  await store.observe(ref, { snapshot, askedAt: earlier - 1, via: 'poll', hintsAnswered: null });
  expect((await loaded(ref)).snapshot?.status).toBe('paid');
});

test('a decision after the step is stored', async () => {
  const ref = await writtenBeforeStep();
  await observe(ref, 'paid');
  await settle(ref);
  const [summary] = (await store.index.list('open', 0, 100)).filter(({ orderId }) => orderId === ref.orderId);
  expect(summary?.status).toBe('paid');
});

test('facts keep the order in which they were written', async () => {
  const ref = await writtenBeforeStep();
  await observe(ref, 'paid');
  await store.append(ref, [{ type: 'quoted', priceUsd: '5.00', found: false }]);
  expect((await loaded(ref)).facts.map(({ type }) => type)).toEqual(['seen', 'priced', 'seen', 'quoted']);
});

test('facts of a version without places come first, by their time', async () => {
  const ref = newOrder();
  const key = keys.record(ref);
  const at = (await store.now()) - 5000;
  await store.append(ref, []);
  await redis.hset(key, {
    'fact:b': `${at + 1}.7|${JSON.stringify({ type: 'quoted', priceUsd: '5.00', found: false })}`,
    'fact:a': `${at}.9|${JSON.stringify({ type: 'priced', handler: 'painter', priceUsd: '5.00' })}`,
  });
  await observe(ref, 'paid');
  expect((await loaded(ref)).facts.map(({ type }) => type)).toEqual(['priced', 'quoted', 'seen']);
});
