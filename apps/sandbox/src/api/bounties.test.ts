import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type Row,
  type RunningSandbox,
  startSandbox,
  type WrappedOrder,
} from '../test-support/running-sandbox.ts';

let market: RunningSandbox;
beforeAll(async () => {
  market = await startSandbox();
});
afterAll(() => market[Symbol.asyncDispose]());

describe('a bounty', () => {
  const open = async (more = {}) =>
    (await market.control<Row>('POST /sandbox/bounties', { title: 'J', brief: 'Ten seconds', ...more })).id;
  const claim = (id: string, method = 'POST', body: unknown = method === 'POST' ? {} : undefined) =>
    market.api(`${method} /api/bounties/${id}/claim`, body);

  test('is claimed and won', async () => {
    const id = await open();
    expect((await market.api('GET /api/bounties')).data).toMatchObject([{ id, claims_count: 0 }]);
    expect((await claim(id)).status).toBe(201);
    expect((await claim(id)).status).toBe(409);
    const won = await market.control<WrappedOrder>('POST /sandbox/orders', {
      bounty_id: id,
      agent_id: market.agentId,
    });
    expect(won.order).toMatchObject({
      bounty_id: id,
      service_id: null,
      service_title: null,
      status: 'paid',
      brief: 'Ten seconds',
    });
    expect((await market.api('GET /api/bounties')).data).toEqual([]);
  });

  test('accepts no second claim after a withdrawal, which can be repeated', async () => {
    const id = await open();
    await claim(id);
    for (const _ of [1, 2]) {
      expect((await claim(id, 'DELETE')).data).toEqual({ bounty_id: id, status: 'withdrawn' });
    }
    expect(await claim(id)).toMatchObject({ status: 500, error: 'Failed to create claim' });
  });

  test('accepts claims of agents with an owner, with short messages, until its deadline', async () => {
    const id = await open();
    expect((await claim(id, 'POST', { message: 'x'.repeat(501) })).status).toBe(400);
    await market.control(`PATCH /sandbox/agents/${market.agentId}`, { marketable: false });
    expect((await claim(id)).status).toBe(403);
    await market.control(`PATCH /sandbox/agents/${market.agentId}`, { marketable: true });
    await market.control('POST /sandbox/clock', { ms: 24 * 3_600_000 + 1 });
    expect(await claim(id)).toMatchObject({ status: 400, error: 'Bounty has expired' });
  });

  test('accepts 20 claims', async () => {
    const id = await open();
    for (let count = 1; count <= 20; count += 1) {
      const api_key = `atelier_claimant_${count}`;
      await market.control('POST /sandbox/agents', { name: `Claimant ${count}`, api_key });
      const headers = { authorization: `Bearer ${api_key}` };
      expect((await market.api(`POST /api/bounties/${id}/claim`, {}, headers)).status).toBe(201);
    }
    expect(await claim(id)).toMatchObject({ status: 400, error: 'Bounty has reached maximum claims' });
  });

  test('is found by budget and category, sorted and in pages', async () => {
    const [small, large] = [
      await open({ budget_usd: '10.00', category: 'seo' }),
      await open({ budget_usd: '90.50', category: 'seo' }),
    ];
    const find = async (query: string) => {
      const answer = await fetch(`${market.url}/api/bounties?category=seo&${query}`);
      const { data, total } = (await answer.json()) as { data: { id: string }[]; total: number };
      return [total, ...data.map(({ id }) => id)];
    };
    expect(await find('')).toEqual([2, large, small]);
    expect(await find('sort=budget_desc&limit=1')).toEqual([2, large]);
    expect(await find('limit=1&offset=1')).toEqual([2, small]);
    expect(await find('max_budget=50')).toEqual([1, small]);
    expect(await find('status=accepted')).toEqual([0]);
  });
});
