import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AtelierClient, UnexpectedResponseError } from './index.ts';
import { json, ok, startServer, type TestServer } from './test-support/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
beforeEach(() => {
  server.seen = [];
  server.answer = json(200, ok({ id: 'x', status: 'paid' }));
});
afterAll(() => server[Symbol.asyncDispose]());

type Case = [http: string, call: (client: AtelierClient) => Promise<unknown>, body?: unknown];

const LINK = { deliverable_url: 'https://a.example/1', deliverable_media_type: 'link' } as const;
const SERVICE = { title: 'Logo', category: 'custom', description: 'A logo', price_usd: '5.00' } as const;
const REGISTRATION = { name: 'Ada', description: 'Small images' };

const objects: Case[] = [
  ['POST /api/agents/register', (c) => c.agents.register(REGISTRATION), REGISTRATION],
  ['GET /api/agents/me', (c) => c.agents.me()],
  ['PATCH /api/agents/me', (c) => c.agents.update({ name: 'B' }), { name: 'B' }],
  ['GET /api/agents/agt_1', (c) => c.agents.get('agt_1')],
  ['GET /api/services/svc_1', (c) => c.services.get('svc_1')],
  ['POST /api/agents/agt_1/services', (c) => c.services.create('agt_1', SERVICE), SERVICE],
  ['PATCH /api/services/svc_1', (c) => c.services.update('svc_1', { title: 'T' }), { title: 'T' }],
  ['DELETE /api/services/svc_1', (c) => c.services.delete('svc_1')],
  ['GET /api/orders/ord_1', (c) => c.orders.get('ord_1')],
  [
    'POST /api/orders/ord_1/quote',
    (c) => c.orders.quote('ord_1', { price_usd: '45.00' }),
    { price_usd: '45.00' },
  ],
  ['POST /api/orders/ord_1/deliver', (c) => c.orders.deliver('ord_1', LINK), LINK],
  [
    'POST /api/orders/ord_1/deliver',
    (c) => c.orders.deliver('ord_1', { deliverables: [LINK, LINK] }),
    { deliverables: [LINK, LINK] },
  ],
  [
    'POST /api/orders/ord_1/messages',
    (c) => c.orders.sendMessage('ord_1', { content: 'Hi' }),
    { content: 'Hi' },
  ],
  ['PATCH /api/orders/ord_1', (c) => c.orders.approve('ord_1'), { action: 'approve' }],
  ['PATCH /api/orders/ord_1', (c) => c.orders.cancel('ord_1'), { action: 'cancel' }],
  [
    'PATCH /api/orders/ord_1',
    (c) => c.orders.requestRevision('ord_1', 'Blue'),
    { action: 'revision', feedback: 'Blue' },
  ],
  [
    'PATCH /api/orders/ord_1',
    (c) => c.orders.dispute('ord_1', 'Late'),
    { action: 'dispute', reason: 'Late' },
  ],
  ['GET /api/bounties/bty_1', (c) => c.bounties.get('bty_1')],
  ['POST /api/bounties/bty_1/claim', (c) => c.bounties.claim('bty_1'), {}],
  ['DELETE /api/bounties/bty_1/claim', (c) => c.bounties.withdrawClaim('bty_1')],
  ['GET /api/platform-stats', (c) => c.metrics.platform()],
  ['GET /api/metrics/activity?limit=5', (c) => c.metrics.activity({ limit: 5 })],
];

const lists: Case[] = [
  ['GET /api/agents', (c) => c.agents.list()],
  ['GET /api/agents?page=2&search=a+b', (c) => c.agents.list({ page: 2, search: 'a b' })],
  ['GET /api/agents/featured', (c) => c.agents.featured()],
  ['GET /api/services', (c) => c.services.list()],
  ['GET /api/agents/agt_1/services', (c) => c.services.listForAgent('agt_1')],
  ['GET /api/agents/agt_1/orders', (c) => c.orders.listForAgent('agt_1')],
  ['GET /api/agents/agt_1/orders', (c) => c.orders.listForAgent('agt_1', { status: [] })],
  [
    'GET /api/agents/agt_1/orders?status=paid,quoted&page=1&limit=50',
    (c) => c.orders.listForAgent('agt_1', { status: ['paid', 'quoted'], page: 1, limit: 50 }),
  ],
  [
    'GET /api/agents/agt_1/orders?status=paid,quoted',
    (c) => c.orders.listForAgent('agt_1', { status: 'paid,quoted' }),
  ],
  ['GET /api/orders/ord_1/messages', (c) => c.orders.getMessages('ord_1')],
  ['GET /api/bounties', (c) => c.bounties.list()],
];

describe('every method sends its call', () => {
  it.each(objects)('%s', async (http, call, body) => {
    await call(server.client());
    const [request] = server.seen;
    expect(`${request?.method} ${request?.url}`).toBe(http);
    expect(request?.body.length ? JSON.parse(request.body.toString()) : undefined).toEqual(body);
    expect(request?.headers['content-type']).toBe(body ? 'application/json' : undefined);
  });

  it.each(lists)('%s', async (http, call) => {
    server.answer = json(200, ok([]));
    await expect(call(server.client())).resolves.toEqual([]);
    expect(`${server.seen[0]?.method} ${server.seen[0]?.url}`).toBe(http);
  });
});

describe('an id', () => {
  it('stays one segment of the path', async () => {
    await server.client().agents.get('a/../b?c#d e%2e\ud800');
    expect(server.seen[0]?.url).toBe('/api/agents/a%2F..%2Fb%3Fc%23d%20e%252e%EF%BF%BD');
  });

  it.each(['', '.', '..'])('that is %j is rejected', async (id) => {
    await expect(server.client().orders.get(id)).rejects.toBeInstanceOf(TypeError);
    expect(server.seen).toHaveLength(0);
  });
});

describe('an upload', () => {
  const bytes = new TextEncoder().encode('hello');

  it.each([
    ['bytes', bytes],
    ['a Blob', new Blob([bytes])],
  ])('sends %s as the multipart field “file”', async (_, file) => {
    server.answer = json(200, ok({ url: 'https://cdn.example/1', media_type: 'text' }));
    const input = { file, filename: 'notes.txt', contentType: 'text/plain' };
    await server.client().uploads.create(input);
    const uploaded = await server.client().orders.upload('ord_1', input);
    expect(uploaded.url).toBe('https://cdn.example/1');
    expect(server.seen.map(({ url }) => url)).toEqual(['/api/upload', '/api/orders/ord_1/upload']);
    for (const request of server.seen) {
      expect(request.headers['content-type']).toMatch(/^multipart\/form-data; boundary=/);
      const text = request.body.toString();
      expect(text).toMatch(/name="file"; filename="notes.txt"\r\ncontent-type: text\/plain\r\n\r\nhello/i);
    }
  });
});

describe('a direct upload', () => {
  const file = new TextEncoder().encode('hello');
  const input = { file, filename: 'notes.txt', contentType: 'text/plain' };

  it('asks for a token, then sends the bytes to its address with the token in place of the API key', async () => {
    server.answer = json(200, ok({ token: 'tok_1', pathname: 'atelier/notes 1.txt' }));
    const { uploads } = server.client({ uploadUrl: `${server.url}/blob/` });
    const token = await uploads.createToken({ filename: 'notes.txt', contentType: 'text/plain' });
    server.answer = json(200, { url: 'https://cdn.example/1', pathname: 'atelier/notes 1.txt' });
    expect(await uploads.sendDirect(token, input)).toMatchObject({ url: 'https://cdn.example/1' });
    const [asked, sent] = server.seen;
    expect(asked).toMatchObject({ method: 'POST', url: '/api/upload/token' });
    expect(sent).toMatchObject({ method: 'PUT', url: '/blob/?pathname=atelier%2Fnotes%201.txt' });
    expect(sent?.headers).toMatchObject({ authorization: 'Bearer tok_1', 'x-content-type': 'text/plain' });
    expect(sent?.body.toString()).toBe('hello');
  });

  it.each([
    [{ clientToken: 'tok_1' }, '/blob/?pathname=notes.txt'],
    [{ token: 'tok_1', upload_url: 'SERVER/direct?id=7' }, '/direct?id=7'],
  ])('reads the token and the address of %j', async (data, address) => {
    server.answer = json(200, JSON.parse(JSON.stringify(ok(data)).replace('SERVER', server.url)));
    const { uploads } = server.client({ uploadUrl: `${server.url}/blob/` });
    const token = await uploads.createToken({ filename: 'notes.txt', contentType: 'text/plain' });
    expect(token).toEqual({ token: 'tok_1', url: `${server.url}${address}` });
  });

  it('needs a token', async () => {
    server.answer = json(200, ok({ pathname: 'notes.txt' }));
    const asked = server.client().uploads.createToken({ filename: 'a', contentType: 'text/plain' });
    await expect(asked).rejects.toBeInstanceOf(UnexpectedResponseError);
  });
});

describe('a fresh read', () => {
  it('bypasses caches with a new address each time and a header', async () => {
    server.answer = json(200, ok([]));
    const client = server.client();
    await client.orders.getMessages('ord_1', { fresh: true });
    await client.orders.getMessages('ord_1', { fresh: true });
    expect(new Set(server.seen.map(({ url }) => url)).size).toBe(2);
    for (const { url, headers } of server.seen) {
      expect(url).toMatch(/^\/api\/orders\/ord_1\/messages\?_=[0-9a-f-]{36}$/);
      expect(headers['cache-control']).toBe('no-cache');
    }
  });

  it('fails with the same text each time', async () => {
    server.answer = (response) => response.destroy();
    const read = () => server.client({ maxRetries: 0 }).orders.getMessages('ord_1', { fresh: true });
    const texts = await Promise.all([1, 2].map(() => read().catch((error: Error) => error.message)));
    expect(new Set(texts).size).toBe(1);
  });
});

it('retries a payout', async () => {
  server.answer = json(200, ok({ status: 'queued' }));
  await server.client().orders.requestPayoutRetry('ord_1');
  expect(server.seen[0]).toMatchObject({ method: 'POST', url: '/api/orders/ord_1/request-payout-retry' });
});

describe('the options', () => {
  it('accept a fetch function, and default to the marketplace', async () => {
    const urls: string[] = [];
    const client = new AtelierClient({
      fetch: async (url) => {
        urls.push(url);
        return Response.json(ok({ id: 'agt_1' }));
      },
    });
    await client.agents.me();
    expect(urls).toEqual(['https://api.useatelier.ai/api/agents/me']);
  });

  it('without a key send no key', async () => {
    await new AtelierClient({ baseUrl: `${server.url}/`, apiKey: '' }).agents.register(REGISTRATION);
    expect(server.seen[0]?.headers.authorization).toBeUndefined();
  });

  it.each(['nowhere', 'ftp://a.example', 'https://user:pass@a.example', 'https://a.example?x=1'])(
    'reject %s as the base URL',
    (baseUrl) => expect(() => new AtelierClient({ baseUrl })).toThrow(/^baseUrl must be/),
  );

  it('reject an endless number of retries', () => {
    expect(() => new AtelierClient({ maxRetries: Number.NaN })).toThrow(/^maxRetries/);
  });

  it('turn webhooks on only with their secret', () => {
    expect(new AtelierClient().webhooks).toBeNull();
    expect(new AtelierClient({ webhookSecret: 'whsec_1' }).webhooks).not.toBeNull();
  });
});
