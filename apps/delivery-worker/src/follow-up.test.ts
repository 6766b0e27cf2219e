/** The message after a delivery is sent in the job of the delivery, or gets a job of its own. */
import { until } from '@fulfillment/platform/test-support';
import { jobFor, type Step } from '@fulfillment/shared';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { DELIVER, generated, openDelivery, SILENT } from './test-support/delivery.ts';
import { type Fault, serverError, type Trade } from './test-support/trade.ts';

const CAT = 'https://files.example/cat.png';
const SEND: Step = { name: 'send', kind: 'delivered', round: '0', attempt: 0 };
const options = { policy: { messages: { ...SILENT.messages, delivered: 'Here it is.' } } };

async function openApp(...given: Parameters<typeof openDelivery>) {
  const app = await openDelivery(...given);
  const { queues } = app.runtime;
  return {
    ...app,
    queue: queues.get('messages'),
    hasJob: async (ref: Parameters<typeof jobFor>[0]) =>
      (await queues.get('messages').getJob(jobFor(ref, SEND).jobId)) !== undefined,
  };
}

/** A marketplace that takes any number of calls, so that the budget holds no message. */
const app = await openApp({ ...options, env: { BUDGET_CALLS: '1000' } });
const { place, untilFact, done, tryAgainNow, hasJob, queue, lines } = app;
afterAll(() => app[Symbol.asyncDispose]());

test('the message is sent in the job of the delivery', async () => {
  const trade = await place({}, [generated('0', CAT)]);
  expect(await untilFact(trade, 'message_sent')).toMatchObject({ kind: 'delivered', found: false });
  await done(trade.ref, DELIVER);
  expect(trade.messages).toHaveLength(1);
  expect(await hasJob(trade.ref)).toBe(false);
});

test('while its queue is paused, the message gets a job that waits', async () => {
  await queue.pause();
  const trade = await place({}, [generated('0', CAT)]);
  await done(trade.ref, DELIVER);
  expect(await hasJob(trade.ref)).toBe(true);
  expect(trade.messages).toEqual([]);
  await queue.resume();
  await untilFact(trade, 'message_sent');
  expect(trade.messages).toHaveLength(1);
});

test('a message that the marketplace rejects is dropped after one call, and the next message follows its delivery', async () => {
  const rejected: Fault = { takesEffect: false, answer: { status: 400, text: 'content is bad' } };
  const trade = await place();
  trade.faults.send.push(rejected, rejected);
  await app.poke(trade.ref, [generated('0', CAT)]);
  expect((await untilFact(trade, 'message_dropped')).reason).toContain('content is bad');
  await done(trade.ref, DELIVER);
  expect(trade.count('send')).toBe(1);
  expect(await hasJob(trade.ref)).toBe(false);
  expect(lines).toContainEqual(
    expect.objectContaining({
      msg: 'step failed for good',
      orderId: trade.orderId,
      step: 'send.delivered:0',
    }),
  );
  const next = await place({}, [generated('0', CAT)]);
  await untilFact(next, 'message_sent');
  expect(await hasJob(next.ref)).toBe(false);
});

test('after a failure, the message and those of the next orders get jobs of their own', async () => {
  const first = await place();
  first.faults.send.push(serverError);
  await app.poke(first.ref, [generated('0', CAT)]);
  await done(first.ref, DELIVER);
  expect(lines).toContainEqual(
    expect.objectContaining({
      msg: 'the next step is left to its queue',
      orderId: first.orderId,
      step: 'send.delivered:0',
    }),
  );
  await tryAgainNow(first.ref, SEND);
  await untilFact(first, 'message_sent');
  expect(first.messages).toHaveLength(1);
  const next = await place({}, [generated('0', CAT)]);
  await done(next.ref, DELIVER);
  expect(await hasJob(next.ref)).toBe(true);
  await untilFact(next, 'message_sent');
});

test('a message that the budget holds gets a job, and the budget holds no later delivery', async () => {
  await using tight = await openApp({ ...options, env: { BUDGET_CALLS: '2' } });
  const [one, two] = [await tight.place(), await tight.place()];
  // Both deliveries are outstanding at the first message.
  await tight.runtime.queues.get('delivery').pause();
  for (const trade of [one, two]) await tight.poke(trade.ref, [generated('0', CAT)]);
  await tight.runtime.queues.get('delivery').resume();
  for (const trade of [one, two]) await tight.done(trade.ref, DELIVER);
  expect([one, two].flatMap(({ messages }) => messages)).toEqual([]);
  for (const trade of [one, two]) expect(await tight.hasJob(trade.ref)).toBe(true);
});

describe('while the marketplace is slow', () => {
  const busy = { ...options, env: { BUDGET_CALLS: '1000', MARKETPLACE_TIMEOUT_SECONDS: '60' } };

  /** The clock of `performance` goes ahead, until the end of the test. */
  function passTime(ms: number) {
    const now = performance.now.bind(performance);
    return vi.spyOn(performance, 'now').mockImplementation(() => now() + ms);
  }

  /** The reads of these orders' threads are answered only after `answer()`. */
  function hangingThreads({ market }: Pick<typeof app, 'market'>, ...trades: Trade[]) {
    const { promise, resolve: answer } = Promise.withResolvers<void>();
    const { promise: isAsked, resolve: ask } = Promise.withResolvers<void>();
    for (const { orderId, messages } of trades) {
      market.answers[`GET /api/orders/${orderId}/messages`] = async () => {
        ask();
        await promise;
        return { data: messages };
      };
    }
    return { answer, isAsked };
  }

  test('after a failure and a rest, one message holds the job of a delivery', async () => {
    await using fresh = await openApp(busy);
    const { queues } = fresh.runtime;
    const first = await fresh.place();
    first.faults.send.push(serverError);
    await fresh.poke(first.ref, [generated('0', CAT)]);
    await fresh.done(first.ref, DELIVER);
    using _clock = passTime(60_000);
    const trades = await Promise.all(Array.from({ length: 6 }, () => fresh.place()));
    const threads = hangingThreads(fresh, ...trades);
    // More deliveries than slots are outstanding at once.
    await queues.get('delivery').pause();
    for (const trade of trades) await fresh.poke(trade.ref, [generated('0', CAT)]);
    await queues.get('delivery').resume();
    await until('the other deliveries', async () => (await queues.get('delivery').getCompletedCount()) === 6);
    expect(await queues.get('delivery').getActiveCount()).toBe(1);
    threads.answer();
    for (const trade of trades) await fresh.untilFact(trade.ref, 'message_sent');
  });

  test('the messages of other deliveries get jobs of their own', async () => {
    await using fresh = await openApp(busy);
    const first = await fresh.place({}, [generated('0', CAT)]);
    await fresh.untilFact(first.ref, 'message_sent');
    await fresh.done(first.ref, DELIVER);
    const slow = await fresh.place();
    const thread = hangingThreads(fresh, slow);
    await fresh.poke(slow.ref, [generated('0', CAT)]);
    await thread.isAsked;
    using _clock = passTime(1000);
    const next = await fresh.place({}, [generated('0', CAT)]);
    await fresh.done(next.ref, DELIVER);
    expect(await fresh.hasJob(next.ref)).toBe(true);
    expect(slow.messages).toEqual([]);
    thread.answer();
    for (const { ref } of [next, slow]) await fresh.untilFact(ref, 'message_sent');
  });
});
