import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { KEY, type RunningSandbox, startSandbox } from '../test-support/running-sandbox.ts';

const MAX = 1024 * 1024;

let market: RunningSandbox;
beforeAll(async () => {
  market = await startSandbox({ maxUploadBytes: MAX });
});
afterAll(() => market[Symbol.asyncDispose]());

const LONG = 'A service that tests make, sell and take away again.';

describe('an agent', () => {
  test('registers and is answered its key once', async () => {
    const input = { name: 'Newcomer', description: 'Someone who sells small things' };
    const { status, data } = await market.api('POST /api/agents/register', input, { authorization: '' });
    expect(status).toBe(201);
    expect(data).toMatchObject({ agent_id: /^agt_/, api_key: /^atelier_/, marketable: false });
    expect(data.webhook_secret).toBeNull();
    const me = await market.api('GET /api/agents/me', undefined, {
      authorization: `Bearer ${data.api_key}`,
    });
    expect(me.data).toMatchObject({ id: data.agent_id, webhook_secret: null, marketable: false });
    expect(me.data.api_key).toBe(`atelier_...${data.api_key.slice(-4)}`);
  });

  test('gets a secret with its first endpoint, and is answered it at every change', async () => {
    await market.control(`PATCH /sandbox/agents/${market.agentId}`, { webhook_secret: null });
    const update = (endpoint_url: unknown) => market.api('PATCH /api/agents/me', { endpoint_url });
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
  ])('may not have its endpoint at %s, unless the sandbox takes local sellers', async (endpoint_url) => {
    const update = () => market.api('PATCH /api/agents/me', { endpoint_url });
    expect(await update()).toMatchObject({
      status: 400,
      error: 'Invalid endpoint_url: URL points to a blocked host',
    });
    await market.control('PUT /sandbox/behaviour', { local_sellers: true });
    expect((await update()).status).toBe(200);
    await market.control('PUT /sandbox/behaviour', { local_sellers: false });
  });

  test('shows where its payouts go, and what the moderators said', async () => {
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
    expect((await market.api('GET /api/agents')).data[0]).toMatchObject({ id: market.agentId });
    const page = (await market.api(`GET /api/agents/${market.agentId}`)).data;
    expect(page).toMatchObject({ agent: { id: market.agentId }, stats: { services_count: 3 } });
    expect(JSON.stringify(page)).not.toContain('whsec_');
  });
});

describe('a service', () => {
  const path = () => `/api/agents/${market.agentId}/services`;

  test('is created, changed, listed and deleted', async () => {
    const input = { title: 'New', description: LONG, price_type: 'quote', category: 'seo', price_usd: '0' };
    const { status, data } = await market.api(`POST ${path()}`, input);
    expect(status).toBe(201);
    expect(data).toMatchObject({ title: 'New', price_type: 'quote', price_usd: '0', turnaround_hours: 48 });
    const one = `/api/services/${data.id}`;
    expect((await market.api(`PATCH ${one}`, { title: 'Newer' })).data.title).toBe('Newer');
    const titles = async () =>
      (await market.api(`GET ${path()}`)).data.map((row: { title: string }) => row.title);
    expect(await titles()).toEqual(['fixed', 'quote', 'weekly', 'Newer']);
    expect((await market.api(`DELETE ${one}`)).data).toEqual({ id: data.id, active: 0 });
    expect((await market.api(`DELETE ${one}`)).status).toBe(404);
    expect((await market.api(`GET ${one}`)).data.active).toBe(0);
    expect(await titles()).not.toContain('Newer');
  });

  test('that is switched off is shown to its agent alone', async () => {
    const [first] = (await market.api(`GET ${path()}`)).data;
    const off = { active: false, moderation_status: 'rejected', quota_limit: 3 };
    await market.control(`PATCH /sandbox/services/${first.id}`, off);
    expect((await market.api(`GET ${path()}`)).data[0]).toMatchObject({ ...off, active: 0 });
    const ids = (await market.api('GET /api/services')).data.map((row: { id: string }) => row.id);
    expect(ids).not.toContain(first.id);
  });

  test.each([
    [{ title: 'T' }, /^title must be/],
    [{ category: 'design' }, /^category is required\. Valid: image_gen, /],
    [{ description: 'Short' }, /^description must be between 40 and 1000 characters/],
    [{ price_usd: undefined }, /^price_usd must be/],
    [{ price_type: 'hourly' }, /^price_type must be/],
    [{ max_revisions: 11 }, /^max_revisions must be/],
    [{ quota_limit: -1 }, /^quota_limit must be/],
  ])('with %j is rejected', async (wrong, error) => {
    const right = { title: 'New', description: LONG, price_type: 'fixed', category: 'seo', price_usd: '5' };
    const answer = await market.api(`POST ${path()}`, { ...right, ...wrong });
    expect(answer).toMatchObject({ status: 400, error: expect.stringMatching(error) });
  });

  test('of another agent is not ours to change', async () => {
    const { agent_id } = await market.control('POST /sandbox/agents', { name: 'O' });
    const theirs = await market.control('POST /sandbox/services', { agent_id, title: 'T' });
    expect((await market.api(`PATCH /api/services/${theirs.id}`, { title: 'Mine' })).status).toBe(403);
  });
});

describe('a bounty', () => {
  const open = async (more = {}) =>
    (await market.control('POST /sandbox/bounties', { title: 'J', brief: 'Ten seconds', ...more })).id;
  const claim = (id: string, method = 'POST', body: unknown = method === 'POST' ? {} : undefined) =>
    market.api(`${method} /api/bounties/${id}/claim`, body);

  test('is claimed and won', async () => {
    const id = await open();
    expect((await market.api('GET /api/bounties')).data).toMatchObject([{ id, claims_count: 0 }]);
    expect((await claim(id)).status).toBe(201);
    expect((await claim(id)).status).toBe(409);
    const won = await market.control('POST /sandbox/orders', { bounty_id: id, agent_id: market.agentId });
    expect(won.order).toMatchObject({
      bounty_id: id,
      service_id: null,
      service_title: null,
      status: 'paid',
      brief: 'Ten seconds',
    });
    expect((await market.api('GET /api/bounties')).data).toEqual([]);
  });

  test('takes no claim again after a withdrawal, which can be repeated', async () => {
    const id = await open();
    await claim(id);
    for (const _ of [1, 2]) {
      expect((await claim(id, 'DELETE')).data).toEqual({ bounty_id: id, status: 'withdrawn' });
    }
    expect(await claim(id)).toMatchObject({ status: 500, error: 'Failed to create claim' });
  });

  test('takes claims of agents with an owner, with short messages, until its deadline', async () => {
    const id = await open();
    expect((await claim(id, 'POST', { message: 'x'.repeat(501) })).status).toBe(400);
    await market.control(`PATCH /sandbox/agents/${market.agentId}`, { marketable: false });
    expect((await claim(id)).status).toBe(403);
    await market.control(`PATCH /sandbox/agents/${market.agentId}`, { marketable: true });
    await market.control('POST /sandbox/clock', { ms: 24 * 3_600_000 + 1 });
    expect(await claim(id)).toMatchObject({ status: 400, error: 'Bounty has expired' });
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

test('the platform says its numbers when it is told to, and shows its feed to people alone', async () => {
  expect((await market.api('GET /api/platform-stats')).status).toBe(500);
  await market.control('PUT /sandbox/behaviour', { platform_stats: true });
  await market.order();
  expect((await market.api('GET /api/platform-stats')).data.orders).toBeGreaterThan(0);
  expect((await market.api('GET /api/metrics/activity')).status).toBe(401);
});

test('every object can be made to carry a field that no program knows', async () => {
  await market.control('PUT /sandbox/behaviour', { extra_field: true });
  const { data } = await market.api(`GET /api/orders/${await market.paid()}`);
  expect(data).toMatchObject({ schema_revision: 7, order: { schema_revision: 7 } });
  await market.control('PUT /sandbox/behaviour', { extra_field: false });
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
      error: expect.stringMatching(/^Invalid file type "text\/html"\. Allowed: image\/jpeg, /),
    });
  });

  test('of a type with a parameter is rejected', async () => {
    const { status, error } = await upload('/api/upload', { type: 'text/plain; charset=utf-8' });
    expect([status, error]).toEqual([400, expect.stringMatching(/^Invalid file type "text\/plain;/)]);
  });

  test('without the field "file", or without any, is refused', async () => {
    expect(await upload('/api/upload', { field: 'picture' })).toMatchObject({
      status: 400,
      error: 'file field is required',
    });
    expect(await market.api('POST /api/upload', {})).toMatchObject({ status: 500, error: 'Upload failed' });
  });

  test.each([1, 65_536, 500_000])('of %i bytes too many is refused', async (more) => {
    const tooLarge = { status: 400, error: 'File too large. Maximum size is 1MB' };
    expect((await upload('/api/upload', { bytes: 'x'.repeat(MAX) })).status).toBe(200);
    expect(await upload('/api/upload', { bytes: 'x'.repeat(MAX + more) })).toMatchObject(tooLarge);
  });
});
