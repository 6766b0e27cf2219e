import {
  type AttentionDetails,
  decide,
  type OrderRef,
  policySchema,
  raise,
  type SubjectRef,
  subjectName,
} from '@fulfillment/shared';
import { afterAll, expect, test } from 'vitest';
import { openReconciling } from '../test-support/reconciling.ts';
import { until } from '../test-support/scratch.ts';
import { type AttentionEvent, AttentionEvents } from './attention-events.ts';
import { subscribeAttention } from './subscribe-attention.ts';

const reconciling = await openReconciling();
const { redis, keys, log, store, reconciler, shows } = reconciling;
afterAll(() => reconciling[Symbol.asyncDispose]());
const events = new AttentionEvents(redis, keys);
const policy = policySchema.parse({});

const named = ({ event, attention: { key } }: AttentionEvent) => `${event} ${key}`;

/** The events of one subject, as a subscriber without a past reads them. */
async function allOf(subject: SubjectRef): Promise<AttentionEvent[]> {
  const all = await events.next('new', 100_000);
  return all.filter((event) => subjectName(event.subject) === subjectName(subject));
}

const eventsOf = async (subject: SubjectRef) => (await allOf(subject)).map(named);

async function loaded(ref: OrderRef) {
  const record = await store.load(ref);
  if (record === null) throw new Error('There is no record.');
  return record;
}

/** Stores a decision with these attentions. */
async function settle(ref: OrderRef, ...attention: AttentionDetails[]): Promise<void> {
  const record = await loaded(ref);
  const decision = decide(record, policy, record.loadedAt);
  await store.settle(record, { ...decision, attention: attention.map(raise) });
}

async function seenOrder(): Promise<OrderRef> {
  const ref = reconciling.nextOrder();
  await store.append(ref, [{ type: 'heard', event: 'order.created', bodyHash: 'a' }]);
  return ref;
}

const noBrief = { kind: 'held_round', cause: 'no_brief', round: '0' } as const;
const draft = (minutesToDue: number) =>
  ({
    kind: 'review',
    cause: 'review',
    round: '0',
    draft: 0,
    handler: 'painter',
    reviewReason: null,
    isUrgent: true,
    minutesToDue,
    minutesToDelivery: null,
  }) as const;

test('twenty reconciles at once write one opened event, and later one closed event', async () => {
  const ref = reconciling.nextOrder();
  const reconcile = () => Promise.all(Array.from({ length: 20 }, () => reconciler.reconcile(ref)));
  shows({ status: 'something_new' });
  await store.hint(ref, []);
  await reconcile();
  expect(await eventsOf(ref)).toEqual(['opened unknown_status:something_new']);
  shows({ status: 'paid' });
  await store.hint(ref, []);
  await reconcile();
  expect(await eventsOf(ref)).toEqual([
    'opened unknown_status:something_new',
    'closed unknown_status:something_new',
  ]);
});

test('an event names the order, the time and the attention as it was stored', async () => {
  const ref = await seenOrder();
  await settle(ref, noBrief);
  const [event] = await allOf(ref);
  expect(event).toMatchObject({ event: 'opened', subject: ref, attention: raise(noBrief) });
  expect(Math.abs((event?.at ?? 0) - (await store.now()))).toBeLessThan(60_000);
});

test('a changed text opens nothing, and the closed event has the last text', async () => {
  const ref = await seenOrder();
  await settle(ref, draft(30));
  await settle(ref, draft(5), noBrief);
  await settle(ref, noBrief);
  expect(await eventsOf(ref)).toEqual(['opened review:0:0', 'opened no_brief', 'closed review:0:0']);
  const closed = (await allOf(ref)).find(({ event }) => event === 'closed');
  expect(closed?.attention.reason).toBe(raise(draft(5)).reason);
  await settle(ref, noBrief, draft(4));
  expect((await eventsOf(ref)).at(-1)).toBe('opened review:0:0');
});

test('a decision from an older record writes no event', async () => {
  const ref = await seenOrder();
  const old = await loaded(ref);
  await store.append(ref, [{ type: 'heard', event: 'order.paid', bodyHash: 'b' }]);
  await settle(ref, noBrief);
  await store.settle({ ...old, loadedAt: old.loadedAt - 1 }, decide(old, policy, old.loadedAt));
  expect(await eventsOf(ref)).toEqual(['opened no_brief']);
});

test('damaged entries and lists block no order and no subscriber', async () => {
  const ref = await seenOrder();
  await settle(ref, noBrief);
  await redis.hset(keys.record(ref), 'openAttentions', '{"not":');
  await redis.xadd(keys.attentionEvents, '*', 'event', 'opened', 'attention', '{');
  await settle(ref, noBrief);
  expect(await eventsOf(ref)).toEqual(['opened no_brief', 'opened no_brief']);
  const [first, second] = await redis.xrange(keys.attentionEvents, '-', '+');
  await events.confirm('slow', { id: first?.[0] ?? '' });
  expect((await events.next('slow', 1)).map(({ id }) => id)).toEqual([second?.[0]]);
});

test('processes that subscribe under one name share the events in order, and another name gets all of them again', async () => {
  const refs = await Promise.all(Array.from({ length: 5 }, seenOrder));
  for (const ref of refs) await settle(ref, noBrief);
  const all = (await events.next('new', 100_000)).map(({ id }) => id);
  const stop = new AbortController();
  const { signal } = stop;
  const handled = { one: [] as string[], two: [] as string[] };
  const start = (subscriber: 'one' | 'two') =>
    subscribeAttention(
      { redis, keys, log },
      { subscriber, signal, handle: async ({ id }) => void handled[subscriber].push(id) },
    );
  const running = [start('one'), start('one'), start('one'), start('two')];
  await until('all events', () => handled.one.length >= all.length && handled.two.length >= all.length);
  stop.abort();
  await Promise.all(running);
  expect(handled).toEqual({ one: all, two: all });
});

test('an event whose handler failed arrives again after a restart, before any later event', async () => {
  const ref = await seenOrder();
  await settle(ref, noBrief);
  await settle(ref);
  const all = (await events.next('new', 100_000)).map(named);
  const handled: string[] = [];
  const stop = new AbortController();
  await subscribeAttention(
    { redis, keys, log },
    {
      subscriber: 'restarted',
      signal: stop.signal,
      async handle(event) {
        if (handled.length === all.length - 1) {
          stop.abort();
          throw new Error('the process broke');
        }
        handled.push(named(event));
      },
    },
  );
  expect(handled).toEqual(all.slice(0, -1));
  const again = new AbortController();
  await subscribeAttention(
    { redis, keys, log },
    {
      subscriber: 'restarted',
      signal: again.signal,
      async handle(event) {
        handled.push(named(event));
        again.abort();
      },
    },
  );
  expect(handled).toEqual(all);
});
