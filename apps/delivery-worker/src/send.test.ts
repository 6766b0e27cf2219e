import type { Fact, Step } from '@fulfillment/shared';
import { THREAD_LIMIT } from '@fulfillment/shared';
import { afterAll, describe, expect, test } from 'vitest';
import { generated, openDelivery } from './test-support/delivery.ts';
import { answerLost, effectAfter, refusedFor, serverError, type Trade } from './test-support/trade.ts';

const LONG = `${'word '.repeat(500)}end`;
const app = await openDelivery({
  policy: { messages: { delivered: 'Here is {service}.', revised: 'Revision {revision}.', delayed: LONG } },
});
const { place, poke, facts, untilFact, tryAgainNow, done } = app;
afterAll(() => app[Symbol.asyncDispose]());

const CAT = 'https://files.example/cat.png';
const DELIVERED: Fact = {
  type: 'delivered',
  round: '0',
  deliverables: [{ url: CAT, mediaType: 'image' }],
  found: false,
};
const SEND: Step = { name: 'send', kind: 'delivered', round: '0', attempt: 0 };
/** A delivered order whose buyer should receive a message, with these faults for our messages. */
async function isDelivered(...faults: Trade['faults']['send']): Promise<Trade> {
  const trade = await place({ status: 'pending_quote', service_title: 'A portrait' });
  trade.row.status = 'delivered';
  trade.faults.send.push(...faults);
  await poke(trade.ref, [generated('0', CAT), DELIVERED]);
  return trade;
}
const texts = (trade: Trade) => trade.messages.map(({ content }) => content);

test('a message is sent once, with a text that is fixed before', async () => {
  const trade = await isDelivered();
  expect(await untilFact(trade, 'message_sent')).toMatchObject({ kind: 'delivered', found: false });
  expect(texts(trade)).toEqual(['Here is A portrait.']);
  await poke(trade.ref);
  await done(trade.ref, SEND);
  expect(trade.count('send')).toBe(1);
});

test("the buyer's messages are recorded, because reading the thread marks them as read", async () => {
  const trade = await place({ status: 'pending_quote', service_title: 'A portrait' });
  trade.row.status = 'delivered';
  trade.messages.push({ sender_type: 'client', content: 'Stop, I meant a dog!' });
  await poke(trade.ref, [generated('0', CAT), DELIVERED]);
  await done(trade.ref, SEND);
  expect(await facts(trade, 'buyer_message')).toMatchObject([{ content: 'Stop, I meant a dog!' }]);
  expect(await app.attention(trade.ref)).toContain('Stop, I meant a dog!');
});

test('a message whose answer was lost is found in the thread', async () => {
  const trade = await isDelivered(answerLost(true));
  await tryAgainNow(trade.ref, SEND);
  expect(await untilFact(trade, 'message_sent')).toMatchObject({ found: true });
  expect(trade.count('send')).toBe(1);
});

test('a message that Redis lost is found in the thread, without a recorded try', async () => {
  const trade = await isDelivered();
  await done(trade.ref, SEND);
  const { keys, redis } = app.runtime;
  const forgotten = ['fact:message_intended:delivered:0', 'fact:message_sent:delivered:0'];
  await redis.hdel(keys.record(trade.ref), ...forgotten);
  await poke(trade.ref);
  expect(await untilFact(trade, 'message_sent')).toMatchObject({ found: true });
  expect(texts(trade)).toEqual(['Here is A portrait.']);
});

test('a message that takes effect long after its connection broke is not sent again', async () => {
  const trade = await isDelivered(effectAfter(2500));
  await tryAgainNow(trade.ref, SEND);
  expect(await untilFact(trade, 'message_sent')).toMatchObject({ found: true });
  expect(texts(trade)).toEqual(['Here is A portrait.']);
});

test('a message that had no effect is sent again', async () => {
  const trade = await isDelivered(serverError);
  await tryAgainNow(trade.ref, SEND);
  expect(await untilFact(trade, 'message_sent')).toMatchObject({ found: false });
  expect(texts(trade)).toEqual(['Here is A portrait.']);
});

describe('in a thread that is longer than we can read', () => {
  const chatter = () =>
    Array.from({ length: THREAD_LIMIT }, (_, index) => ({ sender_type: 'client', content: `Hm ${index}` }));

  test('a possibly sent message is not sent again', async () => {
    const trade = await place({ status: 'pending_quote' });
    trade.row.status = 'delivered';
    trade.messages.push(...chatter());
    trade.faults.send.push(answerLost(false));
    await poke(trade.ref, [generated('0', CAT), DELIVERED]);
    await tryAgainNow(trade.ref, SEND);
    expect(await untilFact(trade, 'message_dropped')).toMatchObject({
      kind: 'delivered',
      reason: 'it may have been sent, and the thread is too long to see',
    });
    expect(trade.count('send')).toBe(1);
  });

  test('a message that the marketplace rate-limited is sent again', async () => {
    // The 429 also holds the calls of other orders.
    await using shop = await openDelivery({ env: { BUDGET_CALLS: '1000' } });
    const trade = await shop.place({ status: 'pending_quote' });
    trade.row.status = 'delivered';
    trade.messages.push(...chatter());
    trade.faults.send.push(refusedFor(1));
    await shop.poke(trade.ref, [generated('0', CAT), DELIVERED]);
    await shop.done(trade.ref, SEND);
    expect(await shop.facts(trade.ref, 'message_dropped')).toEqual([]);
    expect(trade.messages).toHaveLength(THREAD_LIMIT + 1);
    expect(trade.count('send')).toBe(2);
  });

  test('the first try goes out all the same', async () => {
    const trade = await place({ status: 'pending_quote' });
    trade.row.status = 'delivered';
    trade.messages.push(...chatter());
    await poke(trade.ref, [generated('0', CAT), DELIVERED]);
    await untilFact(trade, 'message_sent');
    expect(trade.count('send')).toBe(1);
  });
});

test('a message that waited for deliveries for a whole window goes, whatever else waits', async () => {
  await using shop = await openDelivery();
  // Deliveries that wait for something else, and make no call.
  const stuck = Array.from({ length: 31 }, (_, index) => ({
    name: 'deliver',
    data: {},
    opts: { jobId: `stuck-${index}`, delay: 3600_000 },
  }));
  await shop.runtime.queues.get('delivery').addBulk(stuck);
  const trade = await shop.place({ status: 'pending_quote' });
  trade.row.status = 'delivered';
  await shop.poke(trade.ref, [generated('0', CAT), DELIVERED]);
  const send = await shop.job(trade.ref, SEND);
  await shop.untilState(send, 'delayed');
  const { data } = await shop.job(trade.ref, SEND);
  expect(data.heldSince).toBeGreaterThan(Date.now() - 60_000);
  expect(trade.count('send')).toBe(0);
  await send.updateData({ ...data, heldSince: Date.now() - 3600_000 });
  await send.promote();
  await shop.untilFact(trade.ref, 'message_sent');
  expect(await shop.facts(trade.ref, 'message_dropped')).toEqual([]);
});

test('a message that the marketplace rejects is dropped with its reason, and stops nothing else', async () => {
  const trade = await isDelivered({ takesEffect: false, answer: { status: 400, text: 'content is bad' } });
  const dropped = await untilFact(trade, 'message_dropped');
  expect(dropped.reason).toContain('content is bad');
  expect(await facts(trade, 'failed')).toEqual([]);
});

test('a text that is too long is cut at a word', async () => {
  const trade = await place({ status: 'paid', created_at: '2020-01-01T00:00:00Z' });
  await untilFact(trade, 'message_sent');
  const [text = ''] = texts(trade);
  expect(text.length).toBeLessThanOrEqual(2000);
  expect(text).toMatch(/word…$/);
});

test('the buyer hears of a refusal once, with its reason, and the order goes on waiting', async () => {
  const refused = {
    type: 'refused',
    handler: 'painter',
    reason: 'No dogs.',
    step: 'generate',
    attempt: 0,
  } as const;
  const trade = await place({ status: 'paid', service_title: 'A portrait' }, [refused]);
  await untilFact(trade, 'message_sent');
  await poke(trade.ref, [{ type: 'operator_retried', stepKey: 'generate:0', attempt: 0, by: 'ada' }]);
  await poke(trade.ref, [{ ...refused, attempt: 1 }]);
  expect(await app.attention(trade.ref)).toContain('declines the brief: No dogs.');
  expect(texts(trade)).toEqual([expect.stringContaining('"A portrait" as described:\nNo dogs.')]);
});

describe("an operator's message", () => {
  const SEND_REPLY: Step = { name: 'send', kind: 'reply', round: '0', attempt: 0 };
  const TEXT = 'Yes, in two sizes.';
  const wrote: Fact = { type: 'operator_message', number: 0, content: TEXT, by: 'Ada' };
  const isWritten = async (...faults: Trade['faults']['send']): Promise<Trade> => {
    const trade = await place({ status: 'pending_quote', service_title: 'A portrait' });
    trade.row.status = 'completed';
    trade.faults.send.push(...faults);
    await poke(trade.ref, [wrote]);
    return trade;
  };

  test('is sent once, also after its order is completed', async () => {
    const trade = await isWritten();
    expect(await untilFact(trade, 'message_sent')).toMatchObject({ kind: 'reply', round: '0', found: false });
    await poke(trade.ref, [wrote]);
    await done(trade.ref, SEND_REPLY);
    expect(texts(trade)).toEqual([TEXT]);
  });

  test('whose answer was lost is found in the thread', async () => {
    const trade = await isWritten(answerLost(true));
    await tryAgainNow(trade.ref, SEND_REPLY);
    expect(await untilFact(trade, 'message_sent')).toMatchObject({ found: true });
    expect(texts(trade)).toEqual([TEXT]);
  });

  test('that was withdrawn before its sending began is not sent', async () => {
    const trade = await place({ status: 'pending_quote', service_title: 'A portrait' });
    trade.row.status = 'completed';
    await poke(trade.ref, [wrote, { type: 'operator_message_withdrawn', number: 0, by: 'Ben' }]);
    await poke(trade.ref, [{ ...wrote, number: 1, content: 'In three sizes.' }]);
    expect(await untilFact(trade, 'message_sent')).toMatchObject({ round: '1' });
    expect(texts(trade)).toEqual(['In three sizes.']);
  });

  test('that is withdrawn just before its call is not sent, and leaves no open call', async () => {
    const trade = await place({ status: 'pending_quote', service_title: 'A portrait' });
    trade.row.status = 'completed';
    // The operator withdraws the message while the step reads the thread.
    app.market.answers[`GET /api/orders/${trade.ref.orderId}/messages`] = async () => {
      const withdrawn: Fact = { type: 'operator_message_withdrawn', number: 0, by: 'Ben' };
      await app.runtime.store.append(trade.ref, [withdrawn]);
      return { data: trade.messages };
    };
    await poke(trade.ref, [wrote]);
    expect(await untilFact(trade, 'message_intended')).toMatchObject({ round: '0' });
    await poke(trade.ref, [{ ...wrote, number: 1, content: 'In three sizes.' }]);
    expect(await untilFact(trade, 'message_sent')).toMatchObject({ round: '1' });
    expect(texts(trade)).toEqual(['In three sizes.']);
    expect((await app.runtime.store.load(trade.ref))?.marks).toEqual({});
  });
});
