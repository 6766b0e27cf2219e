import type { OrderRef } from '@fulfillment/shared';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Budget } from '../budget/budget.ts';
import { classify, type Failure, permanent } from '../telemetry/failures.ts';
import { openMarket, orderRow, serviceRow } from '../test-support/market.ts';
import { openScratch } from '../test-support/scratch.ts';
import { Agents } from './agents.ts';
import { Marketplace } from './marketplace.ts';

const mayCall = async () => undefined;

const [scratch, market] = await Promise.all([openScratch(), openMarket()]);
const { redis, keys, log, lines } = scratch;
afterAll(async () => {
  await market[Symbol.asyncDispose]();
  await scratch[Symbol.asyncDispose]();
});

market.answers['GET /api/agents/me'] = ({ key }) => ({
  data: { id: key.replace('atelier_', ''), endpoint_url: null },
});
const configured = ['agt_1', 'agt_2'].map((id) => ({ name: id, apiKey: `atelier_${id}` }));
const agents = new Agents(configured, { baseUrl: market.url }, { log });
await agents.identify(new AbortController().signal);

let owed = 0;
let marketplace: Marketplace;
let budget: Budget;
let window = 0;
beforeEach(() => {
  window += 1;
  owed = 0;
  budget = new Budget(redis, keys, {
    egressId: `egress-${window}`,
    limits: { windowSeconds: 3600, deliveries: 30 },
  });
  const countOwed = async () => ({ waiting: owed, generating: 0 });
  marketplace = new Marketplace(agents, budget, { countOwed, log });
  market.calls.length = 0;
});

const ref: OrderRef = { agentId: 'agt_1', orderId: 'ord_1' };
const used = async () => (await budget.state()).used;

async function failure(call: Promise<unknown>): Promise<Failure> {
  const error = await call.then(
    () => new Error('it worked'),
    (thrown: unknown) => thrown,
  );
  return classify(error);
}

describe('a read of an order', () => {
  const path = 'GET /api/orders/ord_1';

  test('gives its snapshot and deliverables, in both shapes of the answer, and is not counted', async () => {
    const row = {
      deliverable_url: 'https://a.example/1',
      deliverable_media_type: 'image',
      status: 'completed',
    };
    market.answers[path] = { data: { order: orderRow('ord_1'), review: null, deliverables: [row, {}] } };
    const reading = await marketplace.read(ref);
    expect(reading.snapshot).toMatchObject({ id: 'ord_1', status: 'paid', problems: [] });
    expect(reading.deliverables).toEqual([{ url: 'https://a.example/1', status: 'completed' }]);
    market.answers[path] = { data: orderRow('ord_1') };
    expect((await marketplace.read(ref)).snapshot.status).toBe('paid');
    expect(await used()).toBe(0);
  });

  test.each<[string, unknown, RegExp]>([
    ["another agent's order", orderRow('ord_1', { provider_agent_id: 'agt_2' }), /belongs to another agent/],
    ['another order', orderRow('ord_2'), /gave order ord_2 when asked for ord_1/],
    ['an order without an id', orderRow('ord/1'), /without a usable id/],
  ])('with the answer %s is repeated, and soon goes to attention', async (_, data, reason) => {
    market.answers[path] = { data: { order: data, deliverables: [] } };
    expect(await failure(marketplace.read(ref))).toMatchObject({
      kind: 'transient',
      raiseSoon: true,
      reason: expect.stringMatching(reason),
    });
  });

  test.each([
    ['no deliverable', [], undefined, false],
    ['an empty address', [], '', false],
    ['an address', [], 'https://a.example/1', true],
    ['a row', [{ deliverable_url: 'https://a.example/1' }], undefined, true],
  ])('with %s says whether the order has deliverables', async (_, rows, deliverable_url, has) => {
    market.answers[path] = { data: { order: orderRow('ord_1', { deliverable_url }), deliverables: rows } };
    expect((await marketplace.read(ref)).snapshot.hasDeliverables).toBe(has);
  });

  test('of a missing or foreign order is repeated and soon reported, but not during an outage', async () => {
    market.answers[path] = { status: 404, text: 'Order not found' };
    expect(await failure(marketplace.read(ref))).toEqual({
      kind: 'transient',
      raiseSoon: true,
      reason: 'Order not found (HTTP 404).',
    });
    market.answers[path] = { status: 403, html: '<html>Forbidden</html>' };
    expect(await failure(marketplace.read(ref))).toMatchObject({ kind: 'transient' });
    market.answers[`${path}/messages`] = { status: 401, text: 'Not yours' };
    expect(await failure(marketplace.thread(ref))).toMatchObject({ kind: 'transient', raiseSoon: true });
    market.answers[path] = { drop: true };
    expect(await failure(marketplace.read(ref))).not.toHaveProperty('raiseSoon');
  });
});

describe('a read that the marketplace denies (403)', () => {
  const denied = { status: 403, text: 'Not authorized to view this order' };
  const path = 'GET /api/orders/ord_1';
  const me = 'GET /api/agents/me';
  const asked = market.answers[me];
  afterEach(() => {
    if (asked) market.answers[me] = asked;
  });

  test('to our own key means that the order is not ours', async () => {
    market.answers[path] = denied;
    expect(await failure(marketplace.read(ref))).toMatchObject({ kind: 'transient', isNotOurs: true });
  });

  test.each([
    ['is wrong', { status: 401, text: 'Invalid or inactive API key' }],
    ["is another agent's", { data: { id: 'agt_9' } }],
  ])('to a key that %s says nothing about the order', async (_, answer) => {
    market.answers[path] = denied;
    market.answers[me] = answer;
    const failed = await failure(marketplace.read(ref));
    expect(failed).toMatchObject({ kind: 'transient', raiseSoon: true });
    expect(failed).not.toHaveProperty('isNotOurs');
  });

  test("while the key's owner is unknown says nothing about the order", async () => {
    market.answers[path] = denied;
    market.answers[me] = { drop: true };
    expect(await failure(marketplace.read(ref))).not.toHaveProperty('isNotOurs');
  });
});

test('every call has the key of its own agent', async () => {
  for (const id of ['agt_2', 'agt_1']) {
    market.answers[`GET /api/agents/${id}/orders`] = { data: [] };
    await marketplace.list(id);
    expect(market.calls.at(-1)?.key).toBe(`atelier_${id}`);
  }
  expect(await failure(marketplace.list('agt_3'))).toMatchObject({ kind: 'throttled', raiseSoon: true });
});

test('one deliverable is sent as fields, several as a list, and none is not sent', async () => {
  market.answers['POST /api/orders/ord_1/deliver'] = { data: orderRow('ord_1', { status: 'delivered' }) };
  const row = (n: number) => ({ url: `https://a.example/${n}`, mediaType: 'image' as const });
  const sent = (n: number) => ({
    deliverable_url: `https://a.example/${n}`,
    deliverable_media_type: 'image',
  });
  await marketplace.deliver(ref, [row(1)], mayCall);
  await marketplace.deliver(ref, [row(1), row(2)], mayCall);
  expect(market.calls.map(({ body }) => JSON.parse(body))).toEqual([
    sent(1),
    { deliverables: [sent(1), sent(2)] },
  ]);
  expect((await failure(marketplace.deliver(ref, [], mayCall))).kind).toBe('permanent');
  expect(await used()).toBe(2);
});

describe('the budget', () => {
  test('counts polls, quotes, deliveries, uploads and messages, successful or not', async () => {
    market.answers['POST /api/orders/ord_1/quote'] = { data: orderRow('ord_1') };
    market.answers['POST /api/orders/ord_1/messages'] = {
      status: 400,
      text: 'Content must be 1-2000 characters',
    };
    market.answers['POST /api/orders/ord_1/upload'] = {
      data: { url: 'https://c.example/1', media_type: 'image' },
    };
    await marketplace.quote(ref, '45.00', mayCall);
    const sent = marketplace.sendMessage(ref, 'x', {
      lastLook: mayCall,
      yielding: { isOverdue: true },
    });
    expect((await failure(sent)).kind).toBe('permanent');
    const url = await marketplace.upload(ref, {
      file: new Blob(['x']),
      filename: 'x.png',
      contentType: 'image/png',
    });
    expect(url).toBe('https://c.example/1');
    expect(await used()).toBe(3);
  });

  test('does not count a 429, and holds its class back for as long as it said', async () => {
    const refusal = { status: 429, text: 'Too many requests', headers: { 'retry-after': '120' } };
    market.answers['POST /api/orders/ord_1/deliver'] = refusal;
    const deliver = () =>
      failure(marketplace.deliver(ref, [{ url: 'https://a.example', mediaType: 'link' }], mayCall));
    const first = await deliver();
    expect(first).toMatchObject({ kind: 'refused', reason: expect.stringContaining('120 s') });
    const second = await deliver();
    expect(second).toMatchObject({ kind: 'refused', reason: expect.stringContaining('refused') });
    for (const { retryAt } of [first, second] as { retryAt: number }[]) {
      expect(Math.abs(retryAt - Date.now() - 120_000)).toBeLessThan(3000);
    }
    expect(market.calls).toHaveLength(1);
    expect(await used()).toBe(0);
  });

  test('learns the end of the window from a 429 that names it', async () => {
    const deliver = () =>
      failure(marketplace.deliver(ref, [{ url: 'https://a.example', mediaType: 'link' }], mayCall));
    const path = 'POST /api/orders/ord_1/deliver';
    const windowEnd = async () => (await budget.state()).windowEnd ?? 0;
    market.answers[path] = { data: orderRow('ord_1') };
    await marketplace.deliver(ref, [{ url: 'https://a.example', mediaType: 'link' }], mayCall);
    const assumed = await windowEnd();
    market.answers[path] = { status: 429, text: 'Too many requests' };
    expect(await deliver()).toMatchObject({ kind: 'refused', reason: expect.stringContaining('60 s') });
    expect(await windowEnd()).toBe(assumed);
    await redis.hdel(keys.budget(`egress-${window}`), 'refused:deliver');
    const headers = { 'retry-after': '120', 'x-ratelimit-reset': String(Math.ceil(Date.now() / 1000) + 120) };
    market.answers[path] = { status: 429, text: 'Too many requests', headers };
    await deliver();
    expect(Math.abs((await windowEnd()) - Date.now() - 120_000)).toBeLessThan(3000);
  });

  test('limits a 429 for a year to a window, then probes, and reports a refusal that continues', async () => {
    const path = 'GET /api/agents/agt_1/orders';
    market.answers[path] = { status: 429, headers: { 'retry-after': '999999999' } };
    const key = keys.budget(`egress-${window}`);
    const held = await failure(marketplace.list('agt_1'));
    expect('retryAt' in held && held.retryAt).toBeLessThanOrEqual(Date.now() + 3_600_000);
    const told = () => lines.filter(({ msg }) => /longer than a rate-limit window/.test(String(msg)));
    expect(told()).toEqual([]);
    const hourAgo = Date.now() - 3_600_000;
    await redis.hset(key, 'refused:poll', hourAgo + 3_599_000, 'refused_since:poll', hourAgo);
    await failure(marketplace.list('agt_1'));
    expect(told()).toMatchObject([{ level: 50, callClass: 'poll' }]);
    await redis.hset(key, 'refused:poll', hourAgo + 3_599_000);
    market.answers[path] = { data: [] };
    await marketplace.list('agt_1');
    expect((await budget.state()).refusedSince).toEqual({});
  });

  test('holds a poll back for outstanding deliveries, without a call', async () => {
    owed = 30;
    market.answers['GET /api/agents/agt_1/orders'] = { data: [] };
    expect((await failure(marketplace.list('agt_1'))).kind).toBe('throttled');
    expect(market.calls).toHaveLength(0);
    await marketplace.list('agt_1', {}, { isOverdue: true });
    expect(market.calls).toHaveLength(1);
  });

  test('a 429 for an upload or a poll affects only those calls, and stops no queue', async () => {
    const refusal = { status: 429, text: 'Too many requests', headers: { 'retry-after': '120' } };
    market.answers['POST /api/orders/ord_1/upload'] = refusal;
    const upload = marketplace.upload(ref, {
      file: new Blob(['x']),
      filename: 'x.png',
      contentType: 'image/png',
    });
    const held = await failure(upload);
    // Soon enough for a worker behind another address.
    expect(held).toMatchObject({ kind: 'throttled' });
    expect('retryAt' in held && held.retryAt).toBeLessThanOrEqual(Date.now() + 30_000);
  });
});

test('a write is not sent if the last check forbids it', async () => {
  const quoted = marketplace.quote(ref, '45.00', async () => {
    throw permanent('the lock ran out');
  });
  await expect(quoted).rejects.toThrow('the lock ran out');
  expect(await used()).toBe(0);
  expect(market.calls).toEqual([]);
});

test('a write whose answer is lost has an unknown outcome', async () => {
  market.answers['POST /api/orders/ord_1/deliver'] = { drop: true };
  const lost = marketplace.deliver(ref, [{ url: 'https://a.example', mediaType: 'link' }], mayCall);
  expect((await failure(lost)).kind).toBe('unknown');
  expect(market.calls).toHaveLength(1);
});

test('a thread distinguishes the buyer from us, and has a text for every message', async () => {
  const message = { id: '1', order_id: 'ord_1', sender_id: 'x', sender_name: null, created_at: 't' };
  market.answers['GET /api/orders/ord_1/messages'] = {
    data: [
      { ...message, sender_type: 'client', content: 'Hi' },
      { ...message, sender_type: 'wallet', content: null },
      { ...message, sender_type: 'agent', content: 'Hello' },
    ],
  };
  expect((await marketplace.thread(ref)).map(({ fromBuyer, content }) => [fromBuyer, content])).toEqual([
    [true, 'Hi'],
    [true, ''],
    [false, 'Hello'],
  ]);
});

test('services are read with the fields that an order needs', async () => {
  const services = [
    serviceRow('s1', { turnaround_hours: 6, quota_limit: 5 }),
    { id: 's2', category: 7, turnaround_hours: -1, price_type: 'barter', quota_limit: 0 },
    { id: 'no id', title: 'x' },
    null,
  ];
  market.answers['GET /api/agents/agt_1/services'] = { data: services };
  expect(await marketplace.services('agt_1')).toEqual([
    {
      id: 's1',
      title: 'A portrait',
      category: 'image_gen',
      priceType: 'fixed',
      turnaroundHours: 6,
      quota: 5,
    },
    { id: 's2', title: null, category: null, priceType: null, turnaroundHours: null, quota: null },
  ]);
});

test('a write is stopped by a failed last check, after the budget admitted it', async () => {
  const stop = async () => {
    throw new Error('no longer ours');
  };
  const stopped = marketplace.deliver(ref, [{ url: 'https://a.example', mediaType: 'link' }], stop);
  await expect(stopped).rejects.toThrow('no longer ours');
  expect(market.calls).toHaveLength(0);
});
