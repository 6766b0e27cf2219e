import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { KEY, type RunningSandbox, startSandbox } from '../test-support/running-sandbox.ts';

const MAX = 1024 * 1024;

let market: RunningSandbox;
beforeAll(async () => {
  market = await startSandbox({ maxUploadBytes: MAX });
});
afterAll(() => market[Symbol.asyncDispose]());

describe('an agent', () => {
  test('registers and is answered its key once', async () => {
    const { data } = await market.api('POST /api/agents/register', { name: 'New' }, { authorization: '' });
    expect(data).toMatchObject({ agent_id: /^agt_/, api_key: /^atelier_/, webhook_secret: /^whsec_/ });
    const me = await market.api('GET /api/agents/me', undefined, {
      authorization: `Bearer ${data.api_key}`,
    });
    expect(me.data).toMatchObject({ id: data.agent_id, webhook_secret: data.webhook_secret });
    expect(JSON.stringify((await market.api(`GET /api/agents/${data.agent_id}`)).data)).not.toContain(
      'whsec_',
    );
  });

  test('is answered the secret when it sets its endpoint for the first time', async () => {
    const update = (endpoint_url: unknown) => market.api('PATCH /api/agents/me', { endpoint_url });
    expect((await update('http://localhost:1/a')).data.webhook_secret).toMatch(/^whsec_/);
    expect((await update('http://localhost:1/b')).data).not.toHaveProperty('webhook_secret');
    expect((await update('nowhere')).status).toBe(400);
    expect((await market.api('GET /api/agents/me')).data.endpoint_url).toBe('http://localhost:1/b');
  });

  test('without a key, or with a wrong one, is refused', async () => {
    for (const authorization of ['', 'Bearer atelier_nobody', `Basic ${KEY}`]) {
      expect(await market.api('GET /api/agents/me', undefined, { authorization })).toMatchObject({
        status: 401,
        error: 'Invalid or inactive API key',
      });
    }
  });

  test('is listed and featured', async () => {
    for (const path of ['/api/agents', '/api/agents/featured']) {
      expect((await market.api(`GET ${path}`)).data[0]).toMatchObject({ id: market.agentId });
    }
    expect((await market.api('GET /api/agents/agt_nobody')).status).toBe(404);
  });
});

describe('a service', () => {
  test('is created, changed, listed and deleted', async () => {
    const path = `/api/agents/${market.agentId}/services`;
    const { data } = await market.api(`POST ${path}`, { title: 'New', price_type: 'quote', category: 'c' });
    expect(data).toMatchObject({ title: 'New', price_type: 'quote', price_usd: null, turnaround_hours: 48 });
    const one = `/api/services/${data.id}`;
    expect((await market.api(`PATCH ${one}`, { title: 'Newer' })).data.title).toBe('Newer');
    const listed = (await market.api(`GET ${path}`)).data;
    expect(listed.map((row: { title: string }) => row.title)).toEqual(['fixed', 'quote', 'weekly', 'Newer']);
    expect((await market.api(`DELETE ${one}`)).status).toBe(200);
    expect((await market.api(`GET ${one}`)).status).toBe(404);
  });

  test.each([{}, { title: '' }, { title: 'T', price_type: 'hourly' }])('of %j is refused', async (body) => {
    expect((await market.api(`POST /api/agents/${market.agentId}/services`, body)).status).toBe(400);
  });

  test('of another agent is not ours to change', async () => {
    const { agent_id } = await market.control('POST /sandbox/agents', { name: 'O' });
    const theirs = await market.control('POST /sandbox/services', { agent_id, title: 'T' });
    expect((await market.api(`PATCH /api/services/${theirs.id}`, { title: 'Mine' })).status).toBe(403);
    expect((await market.api(`POST /api/agents/${agent_id}/services`, { title: 'T' })).status).toBe(403);
  });
});

test('a bounty is claimed, withdrawn, and not claimed twice', async () => {
  const { id } = await market.control('POST /sandbox/bounties', { title: 'J', brief: 'Ten seconds' });
  const claim = (method: string) =>
    market.api(`${method} /api/bounties/${id}/claim`, method === 'POST' ? {} : undefined);
  expect((await market.api('GET /api/bounties')).data).toMatchObject([{ id, claims_count: 0 }]);
  expect((await claim('POST')).status).toBe(200);
  expect((await claim('POST')).status).toBe(409);
  expect((await claim('DELETE')).status).toBe(200);
  expect((await claim('DELETE')).status).toBe(404);
  expect((await claim('POST')).status).toBe(200);
  const won = await market.control('POST /sandbox/orders', { bounty_id: id, agent_id: market.agentId });
  expect(won.order).toMatchObject({ bounty_id: id, service_id: null, status: 'paid', brief: 'Ten seconds' });
  expect((await market.api('GET /api/bounties')).data).toEqual([]);
});

test('the platform counts', async () => {
  await market.order();
  expect((await market.api('GET /api/metrics/platform')).data.total_orders).toBeGreaterThan(0);
  expect((await market.api('GET /api/metrics/activity')).data[0]).toMatchObject({ agent_id: market.agentId });
});

describe('an upload', () => {
  const upload = async (path: string, { type = 'image/png', field = 'file', bytes = 'PNG' } = {}) => {
    const form = new FormData();
    form.append(field, new File([bytes], 'a picture.png', { type }));
    const headers = { authorization: `Bearer ${KEY}` };
    const answer = await fetch(`${market.url}${path}`, { method: 'POST', headers, body: form });
    return {
      status: answer.status,
      ...((await answer.json()) as { data: Record<string, string>; error: string }),
    };
  };

  test('is hosted by the marketplace', async () => {
    const { data } = await upload(`/api/orders/${await market.paid()}/upload`);
    expect(data).toMatchObject({ media_type: 'image', url: /\/uploads\/file_.*-a-picture\.png$/ });
    const file = await fetch(data.url ?? '');
    expect(file.headers.get('content-type')).toBe('image/png');
    expect(file.headers.get('content-security-policy')).toContain('sandbox');
    expect(await file.text()).toBe('PNG');
    const { calls } = await market.history();
    expect(calls.at(-1)?.body).toBe('{"file":"a picture.png","type":"image/png","bytes":3}');
  });

  test('of a page is taken for an order only', async () => {
    const html = { type: 'text/html' };
    expect((await upload(`/api/orders/${await market.paid()}/upload`, html)).data.media_type).toBe('code');
    expect(await upload('/api/upload', html)).toMatchObject({
      status: 400,
      error: 'File type "text/html" is not allowed',
    });
  });

  test('without the field "file", or without any, is refused', async () => {
    expect(await upload('/api/upload', { field: 'picture' })).toMatchObject({
      status: 400,
      error: 'No file provided',
    });
    expect((await market.api('POST /api/upload', {})).status).toBe(400);
  });

  test.each([1, 65_536, 500_000])('of %i bytes too many is refused', async (more) => {
    const tooLarge = { status: 400, error: 'File too large. Maximum size is 1MB' };
    expect((await upload('/api/upload', { bytes: 'x'.repeat(MAX) })).status).toBe(200);
    expect(await upload('/api/upload', { bytes: 'x'.repeat(MAX + more) })).toMatchObject(tooLarge);
  });
});
