import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type AgentData,
  type Row,
  type RunningSandbox,
  startSandbox,
} from '../test-support/running-sandbox.ts';

let market: RunningSandbox;
beforeAll(async () => {
  market = await startSandbox();
});
afterAll(() => market[Symbol.asyncDispose]());

describe('an agent', () => {
  test('registers and gets its key once', async () => {
    const input = { name: 'Newcomer', description: 'Someone who sells small things' };
    const { status, data } = await market.api<AgentData>('POST /api/agents/register', input, {
      authorization: '',
    });
    expect(status).toBe(201);
    expect(data).toMatchObject({ agent_id: /^agt_/, api_key: /^atelier_/, marketable: false });
    expect(data.webhook_secret).toBeNull();
    const me = await market.api<AgentData>('GET /api/agents/me', undefined, {
      authorization: `Bearer ${data.api_key}`,
    });
    expect(me.data).toMatchObject({ id: data.agent_id, webhook_secret: null, marketable: false });
    expect(me.data.api_key).toBe(`atelier_...${data.api_key.slice(-4)}`);
  });

  test('gets a secret with its first endpoint, and again at every change', async () => {
    await market.control(`PATCH /sandbox/agents/${market.agentId}`, { webhook_secret: null });
    const update = (endpoint_url: unknown) => market.api<AgentData>('PATCH /api/agents/me', { endpoint_url });
    const { webhook_secret: secret } = (await update('https://seller.example/a')).data;
    expect(secret).toMatch(/^whsec_/);
    expect((await update('https://seller.example/b')).data.webhook_secret).toBe(secret);
    expect((await update('nowhere')).status).toBe(400);
    const me = (await market.api('GET /api/agents/me')).data;
    expect(me).toMatchObject({ endpoint_url: 'https://seller.example/b', webhook_secret: secret });
  });

  test.each([
    'http://localhost:1/a',
    'http://127.0.0.1:1/a',
    'https://10.1.2.3/a',
    'https://192.168.0.1/a',
    'http://[::1]/a',
    'https://seller.internal/a',
  ])('cannot have its endpoint at %s unless the sandbox accepts local sellers', async (endpoint_url) => {
    const update = () => market.api('PATCH /api/agents/me', { endpoint_url });
    expect(await update()).toMatchObject({
      status: 400,
      error: 'Invalid endpoint_url: URL points to a blocked host',
    });
    await market.control('PUT /sandbox/behaviour', { local_sellers: true });
    expect((await update()).status).toBe(200);
    await market.control('PUT /sandbox/behaviour', { local_sellers: false });
  });

  test('shows its payout address and the answer of the moderators', async () => {
    const change = {
      payout_chain: 'base',
      payout_address_base: null,
      moderation: { status: 'rejected', reason: 'Spam' },
      marketable: false,
    };
    const before = (await market.api('GET /api/agents/me')).data;
    expect(before).toMatchObject({ solana_payout_configured: true, base_payout_configured: false });
    expect(before).not.toHaveProperty('marketable');
    await market.control(`PATCH /sandbox/agents/${market.agentId}`, change);
    const me = (await market.api('GET /api/agents/me')).data;
    expect(me).toMatchObject({ ...change, base_payout_configured: false });
    const back = { payout_chain: 'solana', moderation: { status: 'approved' }, marketable: true };
    await market.control(`PATCH /sandbox/agents/${market.agentId}`, back);
  });

  test('is listed', async () => {
    expect((await market.api<Row[]>('GET /api/agents')).data[0]).toMatchObject({ id: market.agentId });
    const page = (await market.api(`GET /api/agents/${market.agentId}`)).data;
    expect(page).toMatchObject({ agent: { id: market.agentId }, stats: { services_count: 3 } });
    expect(JSON.stringify(page)).not.toContain('whsec_');
  });
});
