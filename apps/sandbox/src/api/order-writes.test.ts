import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  type AgentData,
  LINK,
  type Row,
  type RunningSandbox,
  startSandbox,
  type WrappedOrder,
} from '../test-support/running-sandbox.ts';

const PLAIN_TIME = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/;
const OTHER_KEY = 'atelier_other_seller_key';
const WRONG = { authorization: 'Bearer atelier_nobody' };
const OTHER = { authorization: `Bearer ${OTHER_KEY}` };

let market: RunningSandbox;
beforeEach(async () => {
  market = await startSandbox();
  await market.control('POST /sandbox/agents', { name: 'other', api_key: OTHER_KEY });
});
afterEach(() => market[Symbol.asyncDispose]());

const get = (id: string) => market.api<WrappedOrder>(`GET /api/orders/${id}`);
const deliver = (id: string, body: unknown = LINK) => market.api(`POST /api/orders/${id}/deliver`, body);

describe('a wrong key', () => {
  test.each([
    ['GET', '', 403, 'Not authorized to view this order'],
    ['GET', '/messages', 401, 'Authentication required'],
    ['POST', '/messages', 401, 'Authentication required'],
    ['POST', '/deliver', 401, 'Invalid or inactive API key'],
    ['POST', '/quote', 401, 'Invalid or inactive API key'],
    ['POST', '/upload', 401, 'Invalid or inactive API key'],
  ])('%s %s reads as %i', async (method, path, status, error) => {
    const id = await market.order();
    const body = method === 'GET' ? undefined : {};
    expect(await market.api(`${method} /api/orders/${id}${path}`, body, WRONG)).toMatchObject({
      status,
      error,
    });
  });

  test('on the list reads as 401', async () => {
    const answer = await market.api(`GET /api/agents/${market.agentId}/orders`, undefined, WRONG);
    expect(answer.status).toBe(401);
  });
});

describe("another agent's order", () => {
  test.each([
    ['GET', '', 403, 'Not authorized to view this order'],
    ['GET', '/messages', 401, 'Authentication required'],
    ['POST', '/messages', 401, 'Authentication required'],
    ['POST', '/deliver', 403, 'You are not the provider for this order'],
    ['POST', '/quote', 403, 'You are not the provider for this order'],
  ])('%s %s reads as %i', async (method, path, status, error) => {
    const id = await market.paid();
    const body = method === 'GET' ? undefined : { ...LINK, content: 'Hi', price_usd: '5.00' };
    expect(await market.api(`${method} /api/orders/${id}${path}`, body, OTHER)).toMatchObject({
      status,
      error,
    });
  });

  test("another agent's list is forbidden", async () => {
    const answer = await market.api(`GET /api/agents/${market.agentId}/orders`, undefined, OTHER);
    expect(answer).toMatchObject({ status: 403, error: 'Agent ID mismatch' });
  });
});

describe('quoting', () => {
  test('names the price, once', async () => {
    const id = await market.order('quote');
    const quote = (price_usd: unknown) => market.api(`POST /api/orders/${id}/quote`, { price_usd });
    expect((await quote('45.00')).data).toMatchObject({ status: 'quoted', quoted_price_usd: '45' });
    expect(await quote('45.00')).toMatchObject({
      status: 400,
      error: 'Cannot quote order with status "quoted". Must be "pending_quote".',
    });
  });
});

describe('delivering', () => {
  test('twice leaves two sets', async () => {
    const id = await market.paid();
    await deliver(id);
    expect((await deliver(id)).status).toBe(200);
    const rows = (await get(id)).data.deliverables.map((row) => row.status);
    expect(rows).toEqual(['superseded', 'completed']);
  });

  test.each([
    [{ deliverables: [] }, 400, 'deliverables array cannot be empty'],
    ['{not json', 500, 'Internal server error'],
    ['', 500, 'Internal server error'],
    ['null', 500, 'Internal server error'],
    ['7', 400, 'Provide either { deliverables: [...] } or { deliverable_url, deliverable_media_type }'],
  ])('%j is rejected', async (body, status, error) => {
    expect(await deliver(await market.paid(), body)).toMatchObject({ status, error });
  });

  test('an unknown order is not found', async () => {
    expect(await deliver('ord_1_nothing')).toMatchObject({ status: 404, error: 'Order not found' });
  });

  test('a cancelled order is rejected, and the history has the rejection', async () => {
    const id = await market.paid();
    await market.control(`POST /sandbox/orders/${id}/cancel`);
    const answer = await deliver(id);
    expect(answer.status).toBe(400);
    expect(answer.error).toMatch(/^Cannot deliver order with status "cancelled"\. Must be one of: /);
    const { calls } = await market.control<{ calls: unknown }>(
      `GET /sandbox/history?order_id=${id}&endpoint=orders.deliver`,
    );
    expect(calls).toMatchObject([{ status: 400, took_effect: false, agent_id: market.agentId }]);
  });
});

describe('messages', () => {
  test('go both ways', async () => {
    const id = await market.paid();
    await market.control(`POST /sandbox/orders/${id}/message`, { content: 'Hello?' });
    await market.api(`POST /api/orders/${id}/messages`, { content: ' Soon. ' });
    expect((await market.api(`GET /api/orders/${id}/messages`)).data).toMatchObject([
      {
        order_id: id,
        sender_type: 'client',
        content: 'Hello?',
        created_at: expect.stringMatching(PLAIN_TIME),
      },
      { order_id: id, sender_type: 'agent', sender_id: market.agentId, content: 'Soon.' },
    ]);
  });

  test('are shown up to the oldest 50 messages', async () => {
    const id = await market.paid();
    for (let count = 1; count <= 52; count += 1) {
      await market.control(`POST /sandbox/orders/${id}/message`, { content: `${count}` });
    }
    const { data } = await market.api<Row[]>(`GET /api/orders/${id}/messages`);
    expect(data).toHaveLength(50);
    expect(data.at(-1)?.content).toBe('50');
    expect((await market.control<WrappedOrder>(`GET /sandbox/orders/${id}`)).messages).toHaveLength(52);
  });
});

describe('a buyer that is an agent', () => {
  test('acts on its own orders with its key', async () => {
    const buyer = { name: 'buyer', api_key: 'atelier_buyer_agent_key' };
    const { agent_id } = await market.control<AgentData>('POST /sandbox/agents', buyer);
    const id = await market.order('fixed', { client_agent_id: agent_id });
    await market.control(`POST /sandbox/orders/${id}/pay`);
    await deliver(id);
    const act = (body: object, headers?: Record<string, string>) =>
      market.api<Row>(`PATCH /api/orders/${id}`, body, headers);
    const key = { authorization: `Bearer ${buyer.api_key}` };
    expect((await act({ action: 'approve' })).status).toBe(403);
    expect((await act({ action: 'revision', feedback: 'Bluer' }, key)).data.revision_count).toBe(1);
    expect((await act({ action: 'dance' }, key)).status).toBe(400);
  });
});

describe('a request to retry a payout', () => {
  const ask = (id: string, headers?: Record<string, string>) =>
    market.api(`POST /api/orders/${id}/request-payout-retry`, undefined, headers);

  async function unpaid(): Promise<string> {
    const id = await market.paid();
    await deliver(id);
    await market.control(`POST /sandbox/orders/${id}/payout-fails`);
    await market.control(`POST /sandbox/orders/${id}/approve`);
    return id;
  }

  test('is accepted, and the platform pays later', async () => {
    const id = await unpaid();
    expect((await ask(id)).data).toEqual({ order_id: id });
    expect((await get(id)).data.order.payout_tx_hash).toBeNull();
    await market.control(`POST /sandbox/orders/${id}/payout-fails`, { fails: false });
    await market.control(`POST /sandbox/orders/${id}/payout`);
    expect((await get(id)).data.order.payout_tx_hash).toMatch(/^0x/);
    expect(await ask(id)).toMatchObject({ status: 409, error: 'The order is paid out already' });
  });

  test('is rejected without a wallet, before completion, and to anyone else', async () => {
    const id = await unpaid();
    expect(await ask(id, OTHER)).toMatchObject({
      status: 403,
      error: 'You are not the provider for this order',
    });
    expect((await ask(await market.paid())).status).toBe(400);
    await market.control(`PATCH /sandbox/agents/${market.agentId}`, { payout_chain: 'base' });
    expect((await ask(id)).status).toBe(422);
  });
});
