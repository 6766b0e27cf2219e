import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Received, type Receiver, startReceiver } from '../test-support/receiver.ts';
import { type AgentData, LINK, type RunningSandbox, startSandbox } from '../test-support/running-sandbox.ts';

let market: RunningSandbox;
let seller: Receiver;

beforeEach(async () => {
  [market, seller] = await Promise.all([
    startSandbox({ behaviour: { localSellers: true } }),
    startReceiver(),
  ]);
  await market.api('PATCH /api/agents/me', { endpoint_url: seller.url });
  await habits({ retry_delays_ms: [0, 1, 1] });
});
afterEach(async () => {
  await market[Symbol.asyncDispose]();
  await seller[Symbol.asyncDispose]();
});

const habits = (set: object) => market.control('PUT /sandbox/webhooks', set);
const secret = async () => (await market.api<AgentData>('GET /api/agents/me')).data.webhook_secret;
const eventsOf = (received: Received[]) => received.map(({ headers }) => headers['x-atelier-event']);
/** The notes about each attempt, after the last one has ended. */
async function attempts() {
  await market.sandbox.webhooks.idle();
  return (await market.history()).webhooks;
}

function signed(key: string, { headers, body }: Received): string {
  const timestamp = /^t=(\d+),/.exec(String(headers['x-atelier-signature']))?.[1];
  return `t=${timestamp},v1=${createHmac('sha256', key).update(`${timestamp}.${body}`).digest('hex')}`;
}

describe('a webhook', () => {
  test('carries the event, signed over its exact bytes', async () => {
    const id = await market.order();
    const [webhook] = await seller.until(1);
    expect(webhook?.headers).toMatchObject({
      'content-type': 'application/json',
      'x-atelier-event': 'order.created',
      'x-atelier-agent-id': market.agentId,
      'x-atelier-delivery-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect(JSON.parse(webhook?.body ?? '')).toMatchObject({
      event: 'order.created',
      order_id: id,
      data: { brief: 'A kite', status: 'quoted' },
    });
    if (webhook) expect(webhook.headers['x-atelier-signature']).toBe(signed(await secret(), webhook));
  });

  test('is unsigned for an agent without a secret', async () => {
    const agent = { name: 'plain', endpoint_url: seller.url, webhook_secret: null };
    const { agent_id } = await market.control<AgentData>('POST /sandbox/agents', agent);
    await market.control('POST /sandbox/orders', { agent_id, brief: 'B' });
    const [webhook] = await seller.until(1);
    expect(webhook?.headers['x-atelier-signature']).toBeUndefined();
  });

  test('is tried three times, with the same body and another delivery id each time', async () => {
    seller.answer = (nth, response) => response.writeHead(nth < 2 ? 503 : 200).end();
    await market.order();
    const received = await seller.until(3);
    expect(new Set(received.map(({ body }) => body)).size).toBe(1);
    expect(new Set(received.map(({ headers }) => headers['x-atelier-delivery-id'])).size).toBe(3);
    expect(await attempts()).toMatchObject([
      { attempt: 1, status: 503 },
      { attempt: 2, status: 503 },
      { attempt: 3, status: 200 },
    ]);
  });

  test.each([
    ['a redirect', (_nth, response) => response.writeHead(302, { location: '/elsewhere' }).end(), 302],
    ['a broken connection', (_nth, response) => response.destroy(), 0],
    ['no answer in time', () => undefined, 0],
  ] satisfies [string, Receiver['answer'], number][])(
    'is lost after three times %s',
    async (_what, answer, status) => {
      await habits({ timeout_ms: 60 });
      seller.answer = answer;
      await market.order();
      await seller.until(3);
      expect((await attempts()).map((attempt) => attempt.status)).toEqual([status, status, status]);
      expect(seller.received).toHaveLength(3);
    },
  );
});

describe('the settings of webhooks', () => {
  test('loss: the same events are lost for the same seed', async () => {
    await habits({ loss: 0.5 });
    const lost = async () => {
      for (let count = 0; count < 20; count += 1) await market.order();
      return (await attempts()).map((attempt) => attempt.lost);
    };
    const first = await lost();
    expect(first.filter(Boolean).length).toBeGreaterThan(3);
    expect(first.filter((isLost) => !isLost).length).toBeGreaterThan(3);
    expect(seller.received).toHaveLength(first.filter((isLost) => !isLost).length);
  });

  test('repeat: each event arrives that many times', async () => {
    await habits({ repeat: 3 });
    await market.order();
    const received = await seller.until(3);
    expect(new Set(received.map(({ body }) => body)).size).toBe(1);
    expect((await attempts()).map(({ copy }) => copy).toSorted()).toEqual([0, 1, 2]);
  });

  test('reorder: events overtake each other', async () => {
    // Much longer than eight orders take on a slow machine.
    await habits({ reorder_ms: 1500 });
    const ids: string[] = [];
    for (let count = 0; count < 8; count += 1) ids.push(await market.order());
    const received = await seller.until(8);
    const arrived = received.map(({ body }) => JSON.parse(body).order_id);
    expect(arrived).not.toEqual(ids);
    expect(arrived.toSorted()).toEqual(ids.toSorted());
  });

  test('one agent: the other agents still get events', async () => {
    await habits({ agent_id: market.agentId, enabled: false });
    await market.order();
    const loud = { name: 'loud', endpoint_url: seller.url };
    const { agent_id } = await market.control<AgentData>('POST /sandbox/agents', loud);
    await market.control('POST /sandbox/orders', { agent_id, brief: 'B' });
    const [webhook] = await seller.until(1);
    expect(webhook?.headers['x-atelier-agent-id']).toBe(agent_id);
    expect(await attempts()).toHaveLength(1);
  });
});

test('the events of an order arrive in order', async () => {
  const id = await market.paid();
  await seller.until(2);
  await market.api(`POST /api/orders/${id}/deliver`, LINK);
  await market.control(`POST /sandbox/orders/${id}/revision`, { feedback: 'Bluer' });
  await seller.until(3);
  await market.api(`POST /api/orders/${id}/deliver`, LINK);
  await market.control(`POST /sandbox/orders/${id}/approve`);
  const received = await seller.until(4);
  expect(eventsOf(received)).toEqual([
    'order.created',
    'order.paid',
    'order.revision_requested',
    'order.completed',
  ]);
});

describe('a raw webhook', () => {
  const raw = (more: object) =>
    market.control('POST /sandbox/webhooks/raw', { agent_id: market.agentId, ...more });

  test('sends any text unchanged, once, and answers with the status', async () => {
    seller.answer = (_nth, response) => response.writeHead(418).end();
    expect(await raw({ body: 'pay me' })).toMatchObject({ status: 418 });
    expect(seller.received).toHaveLength(1);
    const [webhook] = seller.received;
    expect(webhook?.body).toBe('pay me');
    if (webhook) expect(webhook.headers['x-atelier-signature']).toBe(signed(await secret(), webhook));
  });

  test('sends anything else as JSON', async () => {
    await raw({ body: { event: 'order.sparkled' } });
    expect(seller.received[0]?.body).toBe('{"event":"order.sparkled"}');
  });

  test('can have a wrong, foreign, missing or old signature', async () => {
    const { agent_id: other, webhook_secret } = await market.control<AgentData>('POST /sandbox/agents', {
      name: 'O',
    });
    for (const more of [
      { signature: 'wrong' },
      { signature: 'none' },
      { signed_by: other },
      { timestamp_offset_seconds: -900 },
    ]) {
      await raw({ body: '{}', ...more });
    }
    const [wrong, none, theirs, stale] = seller.received;
    if (!wrong || !none || !theirs || !stale) throw new Error('not all were sent');
    const key = await secret();
    expect(wrong.headers['x-atelier-signature']).not.toBe(signed(key, wrong));
    expect(none.headers['x-atelier-signature']).toBeUndefined();
    expect(theirs.headers['x-atelier-signature']).toBe(signed(webhook_secret, theirs));
    expect(stale.headers['x-atelier-signature']).toBe(signed(key, stale));
    const seconds = Number(/^t=(\d+)/.exec(String(stale.headers['x-atelier-signature']))?.[1]);
    expect(Date.now() / 1000 - seconds).toBeGreaterThan(890);
  });

  test('can carry other headers', async () => {
    await raw({ body: '{}', headers: { 'X-Atelier-Agent-Id': 'agt_nobody' } });
    expect(seller.received[0]?.headers['x-atelier-agent-id']).toBe('agt_nobody');
  });
});

test('a reset drops unsent webhooks', async () => {
  await habits({ retry_delays_ms: [0, 60_000] });
  seller.answer = (_nth, response) => response.writeHead(500).end();
  await market.order();
  await seller.until(1);
  await market.control('POST /sandbox/reset');
  await market.sandbox.webhooks.idle();
  expect((await market.history()).webhooks).toEqual([]);
});
