import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  type AgentData,
  KEY,
  LINK,
  type RunningSandbox,
  startSandbox,
  type WrappedOrder,
} from '../test-support/running-sandbox.ts';

let market: RunningSandbox;
beforeEach(async () => {
  market = await startSandbox();
});
afterEach(() => market[Symbol.asyncDispose]());

describe('a control call', () => {
  test.each([
    ['POST /sandbox/agents', { nam: 'x' }, /nam/],
    ['POST /sandbox/agents', '{not json', /not JSON/],
    ['POST /sandbox/services', { agent_id: 'a', title: 'T', price_usd: '1,500' }, /decimal string/],
    ['POST /sandbox/orders', { brief: 'B' }, /service_id or agent_id is required/],
    ['POST /sandbox/faults', { endpoint: '*', kind: 'earthquake' }, /kind/],
    ['PUT /sandbox/rate-limit', { mode: 'shared', ceilings: { quote: 3 } }, /quote/],
    ['PUT /sandbox/webhooks', { loss: 2 }, /loss/],
  ])('%s with %j gets an error that explains the problem', async (call, body, text) => {
    const answer = await market.api(call, body);
    expect(answer.status).toBe(400);
    expect(answer.error).toMatch(text);
  });

  test('about a missing object is 404', async () => {
    for (const call of [
      'GET /sandbox/orders/ord_1_x',
      'POST /sandbox/orders/ord_1_x/pay',
      'GET /sandbox/nothing',
    ]) {
      expect((await market.api(call)).status).toBe(404);
    }
  });

  test('is listed at /sandbox, and every listed call exists', async () => {
    const listed: { method: string; path: string }[] = await market.control('GET /sandbox');
    expect(listed.length).toBeGreaterThan(20);
    for (const { method, path } of listed) {
      if (path === '/sandbox/reset') continue;
      const answer = await market.api(
        `${method} ${path.replace(':id', 'ord_1_x')}`,
        method === 'GET' ? undefined : {},
      );
      expect(answer.error).not.toBe('Not found');
    }
  });
});

test('an action that the rules do not allow is rejected', async () => {
  const id = await market.order();
  expect(await market.api(`POST /sandbox/orders/${id}/approve`)).toMatchObject({
    status: 400,
    error: 'Cannot approve order in status quoted',
  });
});

test('a status can be forced', async () => {
  const id = await market.order();
  await market.control(`POST /sandbox/orders/${id}/status`, { status: 'disputed' });
  expect((await market.api(`POST /api/orders/${id}/deliver`, LINK)).status).toBe(200);
});

test('a payout can be set to fail, and the review window can be ended', async () => {
  const id = await market.paid();
  await market.api(`POST /api/orders/${id}/deliver`, LINK);
  await market.control(`POST /sandbox/orders/${id}/payout-fails`);
  const { order } = await market.control<WrappedOrder>(`POST /sandbox/orders/${id}/expire-review`);
  expect(order).toMatchObject({ status: 'completed', payout_tx_hash: null });
});

test('the history has every status of an order', async () => {
  const id = await market.paid();
  await market.control(`POST /sandbox/orders/${id}/cancel`);
  const { states } = await market.control<{ states: unknown }>(`GET /sandbox/history?order_id=${id}`);
  expect(states).toMatchObject([
    { order_id: id, status: 'quoted', by: 'buyer' },
    { status: 'paid' },
    { status: 'cancelled' },
  ]);
});

test('no key or secret is in the history or the state', async () => {
  const custom = {
    name: 'custom',
    api_key: 'a key of no known shape',
    webhook_secret: 'a secret of its own',
  };
  await market.control('POST /sandbox/agents', custom);
  const id = await market.paid();
  const { data } = await market.api<AgentData>('GET /api/agents/me');
  const secrets = [KEY, data.webhook_secret, custom.api_key, custom.webhook_secret];
  await market.api(`POST /api/orders/${id}/messages`, { content: secrets.join(' ') });
  await market.api(`GET /api/agents/me?key=${KEY}`);
  for (const path of ['history', 'state']) {
    const text = JSON.stringify(await market.control(`GET /sandbox/${path}`));
    for (const secret of secrets) expect(text).not.toContain(secret);
  }
});

test('a reset forgets everything', async () => {
  await market.paid();
  await market.control('POST /sandbox/faults', { endpoint: '*', kind: 'status' });
  await market.control('PUT /sandbox/rate-limit', { mode: 'shared' });
  await market.control('PUT /sandbox/webhooks', { loss: 1 });
  await market.control('POST /sandbox/reset');
  expect(await market.control('GET /sandbox/state')).toMatchObject({
    agents: [],
    services: [],
    orders: 0,
    calls: 0,
    faults: [],
    rate_limit: { mode: 'off', window_ms: 3_600_000 },
    webhooks: { all: { loss: 0 }, by_agent: {} },
  });
});

test('the demo agent exists from the start, and again after a reset', async () => {
  await using demo = await startSandbox({ demo: true });
  const me = () =>
    demo.api('GET /api/agents/me', undefined, { authorization: 'Bearer atelier_sandbox_demo' });
  expect((await me()).status).toBe(200);
  await demo.control('POST /sandbox/reset');
  expect((await me()).status).toBe(200);
  expect((await demo.control<{ services: unknown }>('GET /sandbox/state')).services).toHaveLength(3);
});
