import { decide, factOf, factsFromEvent, factsOf, type OrderRef } from '@fulfillment/shared';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { openReconciling } from '../test-support/reconciling.ts';

const reconciling = await openReconciling();
const { market, store, policy, reconciler, services, shows, recorded } = reconciling;
// The service is known, so the revision waits only for the thread.
await services.find('agt_1', 'srv_1');
afterAll(() => reconciling[Symbol.asyncDispose]());

const message = (sender_type: string, content: string, created_at: string | null = null) => ({
  sender_type,
  content,
  sender_name: null,
  created_at,
});

let ref: OrderRef;
beforeEach(() => {
  ref = reconciling.nextOrder();
});

test('a thread to which the marketplace denies access becomes a fact, and stops nothing else', async () => {
  shows({ status: 'revision_requested', revision_count: 1 });
  await store.hint(ref, [
    { type: 'message_intended', kind: 'ask_feedback', round: '1', content: 'What?' },
    { type: 'message_sent', kind: 'ask_feedback', round: '1', found: false },
  ]);
  market.answers[`GET /api/orders/${ref.orderId}/messages`] = { status: 401, text: 'Not yours' };
  expect(await reconciler.reconcile(ref)).toMatchObject({ stage: 'asking_buyer', readThread: '1' });
  const record = await recorded();
  expect(factOf(record, 'thread_unreadable', '1')?.reason).toContain('Not yours');
  expect(decide(record, policy, record.loadedAt + 11 * 60_000).attention).toMatchObject([
    { key: 'no_feedback:1', actions: ['release'] },
  ]);
  market.answers[`GET /api/orders/${ref.orderId}/messages`] = { data: [] };
  await reconciler.reconcile(ref);
  const readable = await recorded();
  expect(factOf(readable, 'thread_readable', '1')).toMatchObject({ index: 0 });
  expect(decide(readable, policy, readable.loadedAt + 11 * 60_000).attention).toEqual([]);

  market.answers[`GET /api/orders/${ref.orderId}/messages`] = { status: 401, text: 'Again not yours' };
  await reconciler.reconcile(ref);
  const again = await recorded();
  expect(decide(again, policy, again.loadedAt + 11 * 60_000).attention[0]?.reason).toContain('Again not');
});

test('a thread that cannot be read for an hour is shown to a human, and the order is settled meanwhile', async () => {
  shows({ status: 'revision_requested', revision_count: 1 });
  await store.hint(ref, [
    { type: 'message_intended', kind: 'ask_feedback', round: '1', content: 'What?' },
    { type: 'message_sent', kind: 'ask_feedback', round: '1', found: false },
  ]);
  market.answers[`GET /api/orders/${ref.orderId}/messages`] = { drop: true };
  expect(await reconciler.reconcile(ref)).toMatchObject({ stage: 'asking_buyer' });
  const record = await recorded();
  expect(decide(record, policy, record.loadedAt + 11 * 60_000).attention).toEqual([]);
  expect(decide(record, policy, record.loadedAt + 61 * 60_000).attention).toMatchObject([
    { key: 'no_feedback:1' },
  ]);
});

test("without webhooks, a buyer's message is read from the thread until an operator answers there", async () => {
  const { redis, keys } = reconciling;
  shows({ status: 'disputed' });
  await store.hint(ref, []);
  const thread = [message('client', 'It is a dog!', '2026-11-23 12:00:00')];
  market.answers[`GET /api/orders/${ref.orderId}/messages`] = () => ({ data: thread });
  const readLongAgo = () => redis.hset(keys.record(ref), 'threadReadAt', Date.now() - 31 * 60_000);
  expect(await reconciler.reconcile(ref)).toMatchObject({ unread: null, readMessages: false });
  await readLongAgo();
  expect(await reconciler.reconcile(ref)).toMatchObject({
    unread: { count: 1, last: 'It is a dog!' },
    readMessages: false,
  });
  // The webhook of the same message comes late.
  const body = { event: 'order.message', order_id: ref.orderId, data: { content: 'It is a dog!' } };
  const event = factsFromEvent(body, { bodyHash: 'b', sentAt: Date.UTC(2026, 10, 23, 12, 0, 20) });
  if ('facts' in event) await store.hint(ref, event.facts);
  expect(await reconciler.reconcile(ref)).toMatchObject({ unread: { count: 1 } });

  thread.push(message('agent', 'So it is. We paint a cat.', '2026-11-23 12:05:00'));
  await redis.hset(keys.record(ref), 'threadReadAt', Date.now() - 7 * 3600_000);
  expect(await reconciler.reconcile(ref)).toMatchObject({ unread: null });
  expect(factsOf(await recorded(), 'buyer_message')).toHaveLength(1);
});

test('a thread that cannot be read for messages stops nothing, and is read again after the regular time', async () => {
  shows({ status: 'disputed' });
  await store.hint(ref, []);
  market.answers[`GET /api/orders/${ref.orderId}/messages`] = { status: 401, text: 'Not yours' };
  await reconciler.reconcile(ref);
  await reconciling.redis.hset(reconciling.keys.record(ref), 'threadReadAt', Date.now() - 31 * 60_000);
  expect(await reconciler.reconcile(ref)).toMatchObject({ stage: 'held', readMessages: false });
  expect(reconciling.lines).toContainEqual(
    expect.objectContaining({ msg: "the thread cannot be read for the buyer's messages" }),
  );
});

test("the buyer's answer is found in the thread and starts the revision", async () => {
  shows({ status: 'revision_requested', revision_count: 1 });
  await store.hint(ref, [
    { type: 'message_intended', kind: 'ask_feedback', round: '1', content: 'What?' },
    { type: 'message_sent', kind: 'ask_feedback', round: '1', found: false },
  ]);
  const thread = [message('client', 'Hi'), message('agent', 'What?')];
  market.answers[`GET /api/orders/${ref.orderId}/messages`] = () => ({ data: thread });
  expect(await reconciler.reconcile(ref)).toMatchObject({
    stage: 'asking_buyer',
    steps: [],
    readThread: '1',
  });
  thread.push(message('client', 'Bluer.'));
  expect((await reconciler.reconcile(ref))?.steps).toMatchObject([{ name: 'generate', round: '1' }]);
  expect(factOf(await recorded(), 'answer_found', '1')?.content).toBe('Bluer.');
});
