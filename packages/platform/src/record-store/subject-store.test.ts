import { randomUUID } from 'node:crypto';
import { raise, type SubjectRef, subjectName } from '@fulfillment/shared';
import { afterAll, expect, test } from 'vitest';
import { openScratch } from '../test-support/scratch.ts';
import { RecordStore } from './record-store.ts';

const scratch = await openScratch();
afterAll(() => scratch[Symbol.asyncDispose]());
const { redis, keys } = scratch;
const store = new RecordStore(redis, keys);

/** A claim to a bounty, and an order with the same ids. */
function pair(): { claim: SubjectRef; order: { agentId: string; orderId: string } } {
  const id = randomUUID();
  return { claim: { agentId: 'agt_1', bountyId: id }, order: { agentId: 'agt_1', orderId: id } };
}

const heard = { type: 'heard', event: 'bounty.accepted', bodyHash: 'a' } as const;

test('a claim has a record and lists of its own', async () => {
  const { claim, order } = pair();
  expect(await store.subjects.append(claim, [heard])).toBe(1);
  expect(await store.subjects.append(claim, [heard])).toBe(0);
  expect(await store.subjects.load(claim)).toMatchObject({ facts: [heard], hints: 0 });
  expect(await store.load(order)).toBeNull();
  expect(await store.index.counts()).toEqual({ all: 0, open: 0, attention: 0 });
  expect(await redis.zrange(keys.lists('bounty_claim').open, 0, -1)).toContain(subjectName(claim));
  await store.append(order, [heard]);
  expect((await store.subjects.load(claim))?.facts).toHaveLength(1);
});

test('a claim waits for a human, and each attention that opens or closes is one event', async () => {
  const { claim } = pair();
  await store.subjects.append(claim, [heard]);
  const basis = await store.subjects.load(claim);
  if (basis === null) throw new Error('no record');
  const failed = raise({
    kind: 'failed',
    cause: 'failed',
    stepKey: 'quote:0',
    attempt: 0,
    handler: null,
    detail: '409',
  });
  const settle = (attention: [] | [typeof failed], loadedAt: number) =>
    store.subjects.settle(claim, {
      basis: { ...basis, loadedAt, observedAt: 0 },
      hintsSettled: 0,
      lookAgainAt: null,
      attention,
      summary: {},
    });
  await Promise.all(Array.from({ length: 20 }, () => settle([failed], basis.loadedAt)));
  const waiting = keys.lists('bounty_claim').attention;
  expect(await redis.zscore(waiting, subjectName(claim))).not.toBeNull();
  const since = () => redis.hget(keys.record(claim), 'attentionSince');
  const opened = JSON.parse((await since()) ?? '{}');
  expect(opened).toEqual({ 'failed:quote:0:0': expect.any(Number) });
  await settle([failed], basis.loadedAt);
  expect(JSON.parse((await since()) ?? '{}')).toEqual(opened);
  // A damaged list blocks nothing. Its times begin again.
  for (const damaged of ['{', '["x"]', '[1]', '[null]', '[[]]', '[[{}]]', '{"a":1}']) {
    await redis.hset(keys.record(claim), 'openAttentions', damaged, 'attentionSince', damaged);
    await settle([failed], basis.loadedAt);
    expect(JSON.parse((await since()) ?? '{}')).toEqual({ 'failed:quote:0:0': expect.any(Number) });
  }
  await settle([], basis.loadedAt + 1);
  expect(await since()).toBeNull();
  expect(await redis.zscore(waiting, subjectName(claim))).toBeNull();
  await settle([failed], basis.loadedAt);
  expect(await redis.zscore(waiting, subjectName(claim))).toBeNull();
});
