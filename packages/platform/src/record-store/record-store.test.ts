import {
  type Decision,
  decide,
  type Fact,
  type FactOf,
  type OrderRef,
  type OrderSnapshot,
  parseOrder,
  policySchema,
  raise,
  type SoldService,
} from '@fulfillment/shared';
import { Redis } from 'ioredis';
import { afterAll, describe, expect, test } from 'vitest';
import { onChange } from '../redis/changes.ts';
import { StepError } from '../telemetry/failures.ts';
import { orderRow } from '../test-support/market.ts';
import { newOrder, openScratch, until } from '../test-support/scratch.ts';
import { HandlerLines } from './handler-lines.ts';
import { type Observation, RecordStore } from './record-store.ts';

const scratch = await openScratch();
afterAll(() => scratch[Symbol.asyncDispose]());
const { redis, keys } = scratch;
const store = new RecordStore(redis, keys);
const policy = policySchema.parse({});

const priced = (priceUsd: string): Fact => ({ type: 'priced', handler: 'painter', priceUsd });
const message = (hash: string): FactOf<'buyer_message'> => ({
  type: 'buyer_message',
  content: 'Hi',
  senderName: null,
  bodyHash: hash,
});
const shown = (fields: Record<string, unknown> = {}): OrderSnapshot => parseOrder(orderRow('ord_1', fields));

async function observation(
  fields: Record<string, unknown>,
  rest: Partial<Observation> = {},
): Promise<Observation> {
  const asked = {
    askedAt: await store.now(),
    via: 'read' as const,
    hintsAnswered: null,
  };
  return { snapshot: shown(fields), ...asked, ...rest };
}

async function loaded(ref: { agentId: string; orderId: string }) {
  const record = await store.load(ref);
  if (record === null) throw new Error('no record');
  return record;
}

const dueAt = (ref: { agentId: string; orderId: string }) =>
  redis
    .zscore(keys.open, `${ref.agentId}/${ref.orderId}`)
    .then((score) => (score === null ? null : Number(score)));

const settledAt = (ref: { agentId: string; orderId: string }) => redis.hget(keys.record(ref), 'settledAt');

const serviceOf = (id: string): SoldService => ({
  id,
  title: 'A novel',
  category: 'custom',
  priceType: 'fixed',
  turnaroundHours: 6.5,
  quota: null,
});

describe('facts', () => {
  test('of a long-open order are removed if nothing depends on them', async () => {
    const ref = newOrder();
    const heard = (bodyHash: string): Fact => ({ type: 'heard', event: 'order.message', bodyHash });
    await store.append(ref, [
      priced('45.00'),
      ...Array.from({ length: 150 }, (_, index) => heard(`${index}`)),
    ]);
    await store.trim(await loaded(ref));
    const { facts } = await loaded(ref);
    expect(facts).toHaveLength(51);
    expect(facts[0]).toMatchObject({ type: 'priced' });
    expect(facts.at(-1)).toMatchObject({ bodyHash: '149' });
    await store.trim(await loaded(ref));
    expect((await loaded(ref)).facts).toHaveLength(51);
  });

  test('the tries of one event are one fact, and the same words on another day are another', async () => {
    const ref = newOrder();
    const DAY = 24 * 3600_000;
    const monday = Date.UTC(2026, 10, 23, 12, 0, 59);
    const written = (sentAt: number, bodyHash = 'a') => store.hint(ref, [{ ...message(bodyHash), sentAt }]);
    // The second try falls into the next minute, and the third arrives before the second.
    expect(await written(monday)).toBe(1);
    expect(await written(monday + 20_000)).toBe(0);
    expect(await written(monday - 1000)).toBe(0);
    expect(await written(monday, 'b')).toBe(1);
    expect(await written(monday + 2 * DAY)).toBe(1);
    expect(await written(monday + 2 * DAY + 5000)).toBe(0);
    const { facts } = await loaded(ref);
    expect(facts.filter(({ type }) => type === 'buyer_message')).toHaveLength(3);
  });

  test('a try whose event an earlier version recorded is not another message', async () => {
    const ref = newOrder();
    await store.append(ref, [message('a')]);
    expect(await store.append(ref, [{ ...message('a'), sentAt: Date.now() }])).toBe(0);
    const [key, first] = ['fact:buyer_message:a', Date.now() - 2 * 24 * 3600_000];
    await redis.hset(keys.record(ref), key, `${first}.3|${JSON.stringify(message('a'))}`);
    expect(await store.append(ref, [{ ...message('a'), sentAt: Date.now() }])).toBe(1);
  });

  test("a record begins with its first fact, with a time from Redis' clock", async () => {
    const ref = newOrder();
    expect(await store.load(ref)).toBeNull();
    const before = await store.now();
    expect(await store.append(ref, [priced('45.00')])).toBe(1);
    const record = await loaded(ref);
    expect(record).toMatchObject({ ...ref, snapshot: null, observedAt: 0, hints: 0, hintsAnswered: 0 });
    expect(record.facts).toMatchObject([priced('45.00')]);
    const [fact] = record.facts;
    expect(fact?.at).toBeGreaterThanOrEqual(before);
    expect(fact?.at).toBeLessThanOrEqual(await store.now());
  });

  test('the first fact of an event stays, and writing it again changes nothing', async () => {
    const ref = newOrder();
    await store.append(ref, [priced('45.00')]);
    const before = await loaded(ref);
    expect(await store.append(ref, [priced('99.00'), priced('45.00')])).toBe(0);
    expect(await loaded(ref)).toEqual({ ...before, loadedAt: expect.any(Number) });
  });

  test('of a hundred writers of one fact exactly one is first, and a hundred different facts are all kept', async () => {
    const ref = newOrder();
    const same = await Promise.all(
      Array.from({ length: 100 }, (_, i) => store.append(ref, [priced(`${i}.00`)])),
    );
    expect(same.reduce((sum, added) => sum + added)).toBe(1);
    await Promise.all(Array.from({ length: 100 }, (_, i) => store.append(ref, [message(`h${i}`)])));
    expect((await loaded(ref)).facts).toHaveLength(101);
  });

  test('facts read back oldest first, with whatever text is in them', async () => {
    const ref = newOrder();
    const content = '|"}\n\u0000\ud800 🎨 $1 %s';
    await store.append(ref, [{ type: 'buyer_message', content, senderName: '|', bodyHash: 'a' }]);
    await store.append(ref, [priced('1.00')]);
    const { facts } = await loaded(ref);
    expect(facts).toMatchObject([{ content, senderName: '|' }, priced('1.00')]);
    expect(facts.map(({ at }) => at)).toEqual(facts.map(({ at }) => at).toSorted((a, b) => a - b));
  });

  test('facts of one millisecond keep their order', async () => {
    const ref = newOrder();
    const hashes = Array.from({ length: 600 }, (_, index) => `h${index}`);
    await store.append(ref, hashes.map(message));
    const { facts } = await loaded(ref);
    expect(facts.map((fact) => (fact.type === 'buyer_message' ? fact.bodyHash : ''))).toEqual(hashes);
  });

  test('a fact that would not read back is rejected, so that its step does not run endlessly', async () => {
    const ref = newOrder();
    const published: Fact = { type: 'published', round: '0', index: 0, url: '/uploads/cat.png' };
    const refused = store.append(ref, [published]);
    await expect(refused).rejects.toThrow(StepError);
    await expect(refused).rejects.toThrow(/"published" cannot be written down: url/);
    expect(await store.load(ref)).toBeNull();
  });

  test('a fact of a later version and a damaged fact are left out', async () => {
    const ref = newOrder();
    await store.append(ref, [priced('1.00')]);
    const key = keys.record(ref);
    await redis.hset(key, {
      'fact:a': '1|{"type":"later"}',
      'fact:b': 'no bar',
      'fact:c': 'x|{}',
      'fact:d': '',
    });
    await redis.hset(key, { snapshot: '{', summary: '{', hints: 'x' });
    expect(await loaded(ref)).toMatchObject({ facts: [priced('1.00')], snapshot: null, hints: 0 });
    expect(await store.index.list('all', 0, 100)).toContainEqual(
      expect.objectContaining({ ...ref, stage: 'unseen' }),
    );
  });
});

describe('observations', () => {
  test('the first is a change, an equal one is not, another status or revision is one', async () => {
    const ref = newOrder();
    expect(await store.observe(ref, await observation({}))).toBe(true);
    expect(await store.observe(ref, await observation({}))).toBe(false);
    expect(await store.observe(ref, await observation({ status: 'delivered' }))).toBe(true);
    expect(await store.observe(ref, await observation({ status: 'delivered', revision_count: 1 }))).toBe(
      true,
    );
    const seen = (await loaded(ref)).facts.map((fact) => (fact.type === 'seen' ? fact.status : fact.type));
    expect(seen).toEqual(['paid', 'delivered', 'delivered']);
  });

  test('an older answer that arrives later does not overwrite a newer one', async () => {
    const ref = newOrder();
    const askedAt = await store.now();
    await store.observe(ref, await observation({ status: 'delivered' }, { askedAt: askedAt + 5 }));
    const late = await observation({ status: 'paid' }, { askedAt, hintsAnswered: 9 });
    expect(await store.observe(ref, late)).toBe(false);
    const record = await loaded(ref);
    expect(record).toMatchObject({
      snapshot: { status: 'delivered' },
      observedAt: askedAt + 5,
      hintsAnswered: 0,
    });
  });

  test('the snapshot reads back unchanged, with its service', async () => {
    const ref = newOrder();
    const snapshot = shown({
      service_id: 'srv_slow',
      brief: 'ä'.repeat(100_000),
      requirement_answers: { a: [1, { b: null }] },
    });
    const service = serviceOf('srv_slow');
    await redis.hset(keys.services(ref.agentId), 'srv_slow', JSON.stringify(service));
    await store.observe(ref, await observation({}, { snapshot }));
    expect(await loaded(ref)).toMatchObject({ snapshot, service, turnaroundHours: 6.5 });
    expect(await store.index.stored([newOrder(), ref])).toEqual([
      null,
      { ref, snapshot, storedAt: expect.any(Number) },
    ]);
  });

  test('that lists show unchanged is noted with its time and service, unless it was stored meanwhile', async () => {
    const refs = [newOrder(), newOrder()];
    for (const ref of refs)
      await store.observe(ref, await observation({}, { snapshot: shown({ service_id: 'srv_new' }) }));
    const stored = (await store.index.stored(refs)).flatMap((one) => one ?? []);
    const [unchanged, other] = refs as [OrderRef, OrderRef];
    const readAt = (stored[1]?.storedAt ?? 0) + 2000;
    await store.observe(other, { ...(await observation({ status: 'delivered' })), askedAt: readAt });
    await redis.hset(
      keys.services(unchanged.agentId),
      'srv_new',
      JSON.stringify({ ...serviceOf('srv_new'), title: 'A new title' }),
    );
    const askedAt = (stored[0]?.storedAt ?? 0) + 1000;
    expect(await store.noteUnchanged(stored, askedAt)).toEqual([true, false]);
    expect(await loaded(unchanged)).toMatchObject({
      observedAt: askedAt,
      service: { title: 'A new title' },
    });
    expect(await loaded(other)).toMatchObject({ observedAt: readAt, snapshot: { status: 'delivered' } });
  });

  test('a hint is answered only by an observation that began after it', async () => {
    const ref = newOrder();
    await store.hint(ref, [message('a')]);
    await store.hint(ref, [message('a')]);
    expect(await loaded(ref)).toMatchObject({ hints: 2, hintsAnswered: 0, facts: [message('a')] });
    await store.observe(ref, await observation({}));
    expect((await loaded(ref)).hintsAnswered).toBe(0);
    await store.observe(ref, await observation({}, { hintsAnswered: 1 }));
    expect((await loaded(ref)).hintsAnswered).toBe(1);
    await store.observe(ref, await observation({}, { hintsAnswered: 2 }));
    await store.observe(ref, await observation({}, { hintsAnswered: 1 }));
    expect((await loaded(ref)).hintsAnswered).toBe(2);
  });

  test('a change of status is announced, but a first observation and a repeat are not', async () => {
    const subscriber = new Redis(scratch.url);
    const ref = newOrder();
    const heard: string[] = [];
    await onChange(subscriber, keys, ({ orderId }) => heard.push(orderId));
    await store.observe(ref, await observation({}));
    await store.observe(ref, await observation({}));
    await store.observe(ref, await observation({ status: 'cancelled' }));
    const end = newOrder();
    await store.observe(end, await observation({}));
    await store.observe(end, await observation({ status: 'cancelled' }));
    await until('the announcement', () => heard.includes(end.orderId));
    expect(heard.filter((id) => id === ref.orderId)).toHaveLength(1);
    subscriber.disconnect();
  });
});

describe('settling', () => {
  const settledAs = (lookAgainAt: number | null, rest: Partial<Decision> = {}): Decision => ({
    ...decide({ ...recordOf(), snapshot: shown() }, policy, 0),
    lookAgainAt,
    ...rest,
  });
  const recordOf = () => ({
    ...newOrder(),
    snapshot: null,
    observedAt: 0,
    hints: 0,
    hintsAnswered: 0,
    hintedAt: 0,
    threadReadAt: 0,
    reads: 0,
    turnaroundHours: null,
    service: null,
    facts: [],
  });

  test('an order is open until it is finished', async () => {
    const ref = newOrder();
    await store.observe(ref, await observation({}));
    const record = await loaded(ref);
    await store.settle(record, settledAs(4_000_000_000_000.5));
    expect(await dueAt(ref)).toBe(4_000_000_000_000.5);
    await store.settle(record, settledAs(null));
    expect(await dueAt(ref)).toBeNull();
  });

  test('a hint in between keeps it open and due', async () => {
    const ref = newOrder();
    await store.observe(ref, await observation({}));
    const record = await loaded(ref);
    await store.hint(ref, []);
    await store.settle(record, settledAs(null));
    expect(await dueAt(ref)).toBeLessThanOrEqual(await store.now());
  });

  test('a decision from an older record does not overwrite one from a newer record', async () => {
    const ref = newOrder();
    await store.observe(ref, await observation({}));
    const older = await loaded(ref);
    await store.append(ref, [{ type: 'failed', stepKey: 'generate:0', attempt: 0, reason: 'it broke' }]);
    const newer = await loaded(ref);
    await store.settle(newer, decide(newer, policy, await store.now()));
    await store.settle(older, decide(older, policy, await store.now()));
    expect(await redis.zscore(keys.attention, `${ref.agentId}/${ref.orderId}`)).not.toBeNull();
    expect(await store.index.list('attention', 0, 10)).toMatchObject([{ ...ref, stage: 'held' }]);
  });

  test('a decision by a version that knows fewer types of facts still counts', async () => {
    const ref = newOrder();
    await store.observe(ref, await observation({}));
    await store.settle(await loaded(ref), settledAs(4_000_000_000_000));
    await redis.hset(keys.record(ref), 'settledFacts', 99);
    await until(
      'the next millisecond',
      async () => (await loaded(ref)).loadedAt > Number(await settledAt(ref)),
    );
    await store.settle(await loaded(ref), settledAs(null));
    expect(await dueAt(ref)).toBeNull();
  });

  test('a finished order is forgotten completely when it is old enough', async () => {
    await using other = await openScratch();
    const own = new RecordStore(other.redis, other.keys);
    const line = { at: 1, level: 'info', handler: 'h', round: '0', message: '', fields: '' } as const;
    const settle = async (lookAgainAt: number | null, rest: Partial<Decision> = {}) => {
      const ref = newOrder();
      await own.observe(ref, await observation({}));
      const record = await own.load(ref);
      if (record === null) throw new Error('no record');
      await own.settle(record, settledAs(lookAgainAt, rest));
      await new HandlerLines(other.redis, other.keys).add(ref, line);
      return ref;
    };
    const waits = { attention: [raise({ kind: 'status', cause: 'completed_undelivered' })] };
    const [old, open, held, reopened] = [
      await settle(null),
      await settle(4_000_000_000_000),
      await settle(null, waits),
      await settle(null),
    ];
    await own.hint(reopened, []);
    expect(await own.retention.forgetFinished(60_000, 10)).toEqual([]);
    for (const name of await other.redis.zrange(other.keys.finished, 0, -1)) {
      await other.redis.zincrby(other.keys.finished, -61_000, name);
    }
    expect(await own.retention.forgetFinished(60_000, 10)).toEqual([old]);
    expect(await own.load(old)).toBeNull();
    for (const ref of [open, held, reopened]) expect(await own.load(ref)).not.toBeNull();
    expect(await own.index.counts()).toMatchObject({ all: 3 });
    const left = await other.redis.keys(`*${old.orderId}*`);
    expect(left).toEqual([]);
  });

  test('attention is listed by its beginning, and leaves the list when it ends', async () => {
    const ref = newOrder();
    await store.observe(ref, await observation({}));
    const record = await loaded(ref);
    const attention = [raise({ kind: 'status', cause: 'completed_undelivered' })];
    await store.settle(record, settledAs(1, { attention }));
    const since = await redis.zscore(keys.attention, `${ref.agentId}/${ref.orderId}`);
    await store.settle(record, settledAs(1, { attention }));
    expect(await redis.zscore(keys.attention, `${ref.agentId}/${ref.orderId}`)).toBe(since);
    const { attention: before } = await store.index.counts();
    await store.settle(record, settledAs(1, { attention: [] }));
    expect((await store.index.counts()).attention).toBe(before - 1);
  });

  test('a summary of an earlier version lists its attention by key and text', async () => {
    await using other = await openScratch();
    const own = new RecordStore(other.redis, other.keys);
    const ref = newOrder();
    await own.observe(ref, await observation({}));
    const record = await own.load(ref);
    if (record === null) throw new Error('no record');
    await own.settle(
      record,
      settledAs(1, { attention: [raise({ kind: 'status', cause: 'overwritten', round: '0', times: 3 })] }),
    );
    const former = { key: 'failed:generate:0:0', reason: 'it broke', actions: ['retry'], attempt: 0 };
    const summary = { stage: 'held', attention: [former, { key: 1 }, null] };
    await other.redis.hset(other.keys.record(ref), 'summary', JSON.stringify(summary));
    expect(await own.index.list('attention', 0, 10)).toMatchObject([
      { stage: 'held', attention: [{ kind: 'unclassified', key: former.key, reason: 'it broke' }] },
    ]);
    expect(await own.index.urgentCount()).toBe(0);
    await other.redis.hset(
      other.keys.record(ref),
      'summary',
      JSON.stringify({ attention: 'damaged', jobs: 1 }),
    );
    expect(await own.index.list('attention', 0, 10)).toMatchObject([{ attention: [], jobs: [] }]);
  });

  test('orders that are due soon are counted among those in attention', async () => {
    await using other = await openScratch();
    const own = new RecordStore(other.redis, other.keys);
    const drafts = [true, false].map((isUrgent) =>
      raise({
        kind: 'review',
        cause: 'review',
        round: '0',
        draft: 0,
        handler: 'painter',
        reviewReason: null,
        isUrgent,
        minutesToDue: 5,
        minutesToDelivery: null,
      }),
    );
    for (const waits of [...drafts, raise({ kind: 'held_round', cause: 'no_brief', round: '0' })]) {
      const ref = newOrder();
      await own.observe(ref, await observation({}));
      const record = await own.load(ref);
      if (record === null) throw new Error('no record');
      await own.settle(record, settledAs(1, { attention: [waits] }));
    }
    expect(await own.index.urgentCount()).toBe(1);
    expect(await own.index.counts()).toMatchObject({ attention: 3 });
  });
});

test('due orders are taken, the longest due first, and get a later check', async () => {
  await using other = await openScratch();
  const own = new RecordStore(other.redis, other.keys);
  const refs = [newOrder(), newOrder(), newOrder()];
  for (const [index, ref] of refs.entries()) {
    await own.append(ref, []);
    await other.redis.zadd(other.keys.open, 'XX', 1000 - index, `${ref.agentId}/${ref.orderId}`);
  }
  const taken = await own.index.takeDue(2, 60_000);
  expect(taken.refs).toEqual([refs[2], refs[1]]);
  expect((await own.index.takeDue(2, 60_000)).refs).toEqual([refs[0]]);
  expect((await own.index.takeDue(2, 60_000)).refs).toEqual([]);
  expect(await own.index.counts()).toEqual({ all: 3, open: 3, attention: 0 });
  expect((await own.index.list('all', 0, 2)).map(({ orderId }) => orderId)).toHaveLength(2);
});
