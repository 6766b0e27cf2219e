import { type Fact, jobFor, type OrderRef, subjectName } from '@fulfillment/shared';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { serviceRow } from '../test-support/market.ts';
import { openReconciling } from '../test-support/reconciling.ts';
import { findAtRest } from './at-rest.ts';

const app = await openReconciling();
const { redis, keys, market, store, queues, policy, reconciler } = app;
afterAll(() => app[Symbol.asyncDispose]());

const GENERATE = { name: 'generate', round: '0', attempt: 0 } as const;
const HOUR = 3_600_000;
let ref: OrderRef;
beforeEach(async () => {
  ref = app.nextOrder();
  market.answers['GET /api/agents/agt_1/services'] = { data: [serviceRow('srv_1')] };
  app.shows({ status: 'paid', service_id: 'srv_1' });
  await store.hint(ref, []);
  await reconciler.reconcile(ref);
});

const isAtRest = async (inMs = 0) =>
  (await findAtRest({ redis, keys, queues, policy }, [ref], (await store.now()) + inMs)).has(ref);
const dueIn = async () => Number(await redis.zscore(keys.open, subjectName(ref))) - (await store.now());

describe('an order is at rest', () => {
  test('while its job waits', async () => {
    expect(await app.stateOf(GENERATE)).toBe('prioritized');
    expect(await isAtRest()).toBe(true);
  });

  test('after a list that shows it unchanged', async () => {
    const stored = (await store.index.stored([ref])).flatMap((one) => one ?? []);
    const askedAt = (stored[0]?.storedAt ?? 0) + 1000;
    expect(await store.noteUnchanged(stored, askedAt)).toEqual([true]);
    expect(await isAtRest()).toBe(true);
  });

  test('until the time of its next look as the decision names it', async () => {
    const now = await store.now();
    const found = await findAtRest({ redis, keys, queues, policy }, [ref], now);
    expect(found.get(ref)).toBe(now + policy.workLookSeconds * 1000);
  });
});

describe('an order is not at rest', () => {
  test('without its job', async () => {
    const { queue, jobId } = jobFor(ref, GENERATE);
    await queues.get(queue).remove(jobId);
    expect(await isAtRest()).toBe(false);
  });

  test('if its job ended', async () => {
    const { queue, jobId } = jobFor(ref, GENERATE);
    await redis.hset(queues.get(queue).toKey(jobId), 'finishedOn', '1');
    expect(await isAtRest()).toBe(false);
  });

  test('if its job has the place of another due time', async () => {
    const { queue, jobId } = jobFor(ref, GENERATE);
    const job = await queues.get(queue).getJob(jobId);
    await job?.changePriority({ priority: 1 });
    expect(await isAtRest()).toBe(false);
  });

  test.each<[string, Fact]>([
    ['an operator released it', { type: 'operator_released', round: '0', attentionKey: 'x', by: 'a' }],
    [
      'its handler used something',
      { type: 'rate_limited', stepKey: 'generate:0', attempt: 0, reason: 'slow down' },
    ],
  ])('after a fact: %s', async (_, fact) => {
    await store.append(ref, [fact]);
    expect(await isAtRest()).toBe(false);
  });

  test('after a list that shows another brief, since the ledger must learn of it', async () => {
    const [stored] = await store.index.stored([ref]);
    if (!stored) throw new Error('Nothing is stored.');
    const snapshot = { ...stored.snapshot, brief: 'Another brief.' };
    await store.observe(ref, { snapshot, askedAt: stored.storedAt + 1000, via: 'poll', hintsAnswered: null });
    expect(await isAtRest()).toBe(false);
  });

  test('after a hint that nothing has answered', async () => {
    await store.hint(ref, []);
    expect(await isAtRest()).toBe(false);
  });

  test('when time changes the decision: it is due for a read, or late', async () => {
    expect(await isAtRest(1000 * HOUR)).toBe(false);
  });

  test('without a record', async () => {
    ref = app.nextOrder();
    expect(await isAtRest()).toBe(false);
  });
});

describe('putting off', () => {
  const take = async () => {
    await redis.zadd(keys.open, (await store.now()) - 1, subjectName(ref));
    return store.index.takeDue(500, 60_000);
  };

  test('moves an order to its next look', async () => {
    const due = await take();
    await store.index.putOff(due, new Map([[ref, due.takenAt + HOUR]]));
    expect(await dueIn()).toBeGreaterThan(HOUR / 2);
  });

  test('leaves an order due that was hinted at meanwhile', async () => {
    const due = await take();
    await store.hint(ref, []);
    await store.index.putOff(due, new Map([[ref, due.takenAt + HOUR]]));
    expect(await dueIn()).toBeLessThanOrEqual(0);
  });
});
