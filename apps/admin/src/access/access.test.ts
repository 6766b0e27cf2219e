import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PASSWORD, putOrder, startTestAdmin, type TestAdmin } from '../test-support/admin.ts';

const REF = { agentId: 'agent_1', orderId: 'ord_1' };
const CHANGES = [
  ['POST', '/orders/agent_1/ord_1/actions'],
  ['POST', '/orders/agent_1/ord_1/reconcile'],
  ['PUT', '/queues/api/queues/generation/pause'],
  ['PUT', '/queues/api/queues/generation/obliterate'],
  ['POST', '/queues/api/queues/generation/add'],
] as const;

describe('with a password', () => {
  let admin: TestAdmin;
  beforeAll(async () => {
    admin = await startTestAdmin({ ADMIN_PASSWORD: PASSWORD });
    await putOrder(admin.runtime, REF);
  });
  afterAll(() => admin.close());

  test.each([
    '/',
    '/?show=open',
    '/orders/agent_1/ord_1',
    '/queues',
    '/queues/',
    '/queues/queue/generation',
    '/nothing',
  ])('GET %s redirects to the login and back', async (path) => {
    const answer = await admin.ask(path);
    expect(answer.status).toBe(303);
    expect(answer.headers.location).toBe(`/login?next=${encodeURIComponent(path)}`);
  });

  test.each([
    '/queues/api/queues',
    '/%71ueues/api/queues',
    '/queues/api/redis/stats',
    '/queues/api/queues/generation/1',
  ])('GET %s is forbidden without a login', async (path) => {
    expect((await admin.ask(path)).status).toBe(401);
  });

  test.each(CHANGES)('%s %s is forbidden without a login', async (method, path) => {
    expect((await admin.ask(path, { method, headers: { origin: admin.address } })).status).toBe(401);
  });

  test.each(['/healthz', '/metrics', '/assets/v/console.css'])('%s needs no login', async (path) => {
    expect((await admin.ask(path)).status).toBe(200);
  });

  test('the right name and password open a 12-hour session that scripts and other sites cannot use', async () => {
    const answer = await admin.press('/login', { user: 'operator', password: PASSWORD, next: '/?show=open' });
    expect([answer.status, answer.headers.location]).toEqual([303, '/?show=open']);
    const cookie = String(answer.headers['set-cookie']);
    expect(cookie).toMatch(/Max-Age=43200; Path=\/; HttpOnly; SameSite=Strict$/);
    expect((await admin.ask('/', { headers: { cookie: cookie.split(';')[0] ?? '' } })).status).toBe(200);
  });

  test('behind https, the session cookie is for https only', async () => {
    const form = { user: 'operator', password: PASSWORD };
    const origin = admin.address.replace('http:', 'https:');
    const answer = await admin.press('/login', form, { origin });
    expect(String(answer.headers['set-cookie'])).toContain('; Secure');
  });

  test('a sender that is not a trusted proxy cannot choose the host', async () => {
    const headers = { origin: 'https://evil.example', 'x-forwarded-host': 'evil.example' };
    const answer = await admin.ask('/orders/agent_1/ord_1/reconcile', {
      method: 'POST',
      headers: { ...headers, cookie: await admin.logIn() },
    });
    expect(answer.status).toBe(403);
  });

  test.each([
    '//evil.example/',
    'https://evil.example/',
    '/\\evil.example',
    '/..//evil.example',
    'javascript:alert(1)',
  ])('a login never redirects to %s', async (next) => {
    const answer = await admin.press('/login', { user: 'operator', password: PASSWORD, next });
    expect([answer.status, answer.headers.location]).toEqual([303, '/']);
  });

  test('a forged or changed session, or one for another password, gives no access', async () => {
    const cookie = await admin.logIn();
    const other = await startTestAdmin({ ADMIN_PASSWORD: `${PASSWORD}!` });
    const later = cookie.replace(/=(\d+)/, (_all, ends: string) => `=${Number(ends) + 1}`);
    for (const forged of ['fulfillment_admin=9999999999999', `${cookie}x`, later]) {
      expect((await admin.ask('/', { headers: { cookie: forged } })).status).toBe(303);
    }
    expect((await other.ask('/', { headers: { cookie } })).status).toBe(303);
    await other.close();
  });

  test('a session survives a restart', async () => {
    const cookie = await admin.logIn();
    const restarted = await startTestAdmin({ ADMIN_PASSWORD: PASSWORD });
    expect((await restarted.ask('/', { headers: { cookie } })).status).toBe(200);
    await restarted.close();
  });

  test('logging out ends the session in the browser', async () => {
    const answer = await admin.press('/logout', {}, { cookie: await admin.logIn() });
    expect([answer.status, answer.headers.location]).toEqual([303, '/login']);
    expect(String(answer.headers['set-cookie'])).toContain('fulfillment_admin=;');
  });

  test.each([
    ['another origin', { origin: 'https://evil.example' }],
    ['another port', { origin: 'http://127.0.0.1:1' }],
    ['a hidden origin', { origin: 'null' }],
    ['another site, by its fetch metadata', { 'sec-fetch-site': 'cross-site' }],
    ['a sibling site', { 'sec-fetch-site': 'same-site' }],
  ])('an action from %s is forbidden', async (_what, headers) => {
    const cookie = await admin.logIn();
    for (const [method, path] of CHANGES) {
      const all = { origin: admin.address, ...headers, cookie };
      expect((await admin.ask(path, { method, headers: all })).status).toBe(403);
    }
  });

  test('an action that no browser sent is forbidden', async () => {
    const cookie = await admin.logIn();
    expect(
      (await admin.ask('/orders/agent_1/ord_1/reconcile', { method: 'POST', headers: { cookie } })).status,
    ).toBe(403);
  });

  test('no other site can frame the pages, and no inline script runs in them', async () => {
    const { headers } = await admin.ask('/', { headers: { cookie: await admin.logIn() } });
    expect(headers['x-frame-options']).toBe('DENY');
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['referrer-policy']).toBe('same-origin');
    expect(headers['cache-control']).toBe('no-store');
    expect(headers['content-security-policy']).toContain("script-src 'self';");
    expect(headers['content-security-policy']).not.toContain('unsafe');
    expect(String(headers['content-security-policy']).split(';').toSorted()).toEqual([
      "base-uri 'none'",
      "connect-src 'self'",
      "default-src 'none'",
      "form-action 'self'",
      "frame-ancestors 'none'",
      "img-src 'self'",
      "script-src 'self'",
      "style-src 'self'",
    ]);
  });
});

test('a wrong name or password is rejected, and the eleventh attempt in a minute is not checked', async () => {
  const admin = await startTestAdmin({ ADMIN_PASSWORD: PASSWORD });
  const wrong = [
    { user: 'operator', password: 'wrong password' },
    { user: 'Operator', password: PASSWORD },
    { user: '', password: '' },
  ];
  for (const form of wrong) {
    const answer = await admin.press('/login', form);
    expect(answer.status).toBe(401);
    expect(answer.headers['set-cookie']).toBeUndefined();
    expect(answer.body).toContain('do not match');
  }
  for (let attempt = wrong.length; attempt < 10; attempt += 1)
    await admin.press('/login', { user: 'x', password: 'x' });
  const answer = await admin.press('/login', { user: 'operator', password: PASSWORD });
  expect(answer.status).toBe(429);
  expect(answer.body).toContain('Too many attempts');
  await admin.close();
});

test('behind a proxy, attempts are counted by the address that the proxy reports, whatever the sender claims', async () => {
  const admin = await startTestAdmin({ ADMIN_PASSWORD: PASSWORD, ADMIN_PROXIES: '1' });
  const from = (list: string, password: string) =>
    admin.press('/login', { user: 'operator', password }, { 'x-forwarded-for': list });
  for (let attempt = 0; attempt < 10; attempt += 1) {
    expect((await from(`10.0.0.${attempt}, 203.0.113.5`, 'a guess')).status).toBe(401);
  }
  expect((await from('198.51.100.7, 203.0.113.5', PASSWORD)).status).toBe(429);
  expect((await from('198.51.100.7', PASSWORD)).status).toBe(303);
  await admin.close();
});

test("a proxy may rewrite the host and forward the browser's host and protocol", async () => {
  const admin = await startTestAdmin({ ADMIN_PASSWORD: PASSWORD, ADMIN_PROXIES: '1' });
  const answer = await admin.press(
    '/login',
    { user: 'operator', password: PASSWORD },
    {
      origin: 'https://fulfillment.example',
      'x-forwarded-host': 'fulfillment.example',
      'x-forwarded-proto': 'https',
    },
  );
  expect(answer.status).toBe(303);
  expect(String(answer.headers['set-cookie'])).toContain('; Secure');
  await admin.close();
});

describe('without a password', () => {
  let admin: TestAdmin;
  beforeAll(async () => {
    admin = await startTestAdmin({ HOST: '0.0.0.0' });
  });
  afterAll(() => admin.close());

  test('the pages listen on loopback only, whatever HOST says, and say so', async () => {
    expect(new URL(admin.address).hostname).toBe('127.0.0.1');
    const answer = await admin.ask('/');
    expect(answer.status).toBe(200);
    expect(answer.body).toContain('ADMIN_PASSWORD is not set');
  });

  test.each(['localhost:4004', '127.0.0.1', '[::1]:4004', 'LOCALHOST'])(
    'Host "%s" is answered',
    async (host) => {
      expect((await admin.ask('/', { headers: { host } })).status).toBe(200);
    },
  );

  test.each([
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    '10.0.0.1:4004',
    'evil@x:1',
  ])('Host "%s" is rejected by every page', async (host) => {
    for (const path of ['/', '/login', '/queues/', '/queues/api/queues', '/assets/v/console.css']) {
      expect((await admin.ask(path, { headers: { host } })).status).toBeGreaterThanOrEqual(400);
    }
  });

  test('a forged action is forbidden here, too', async () => {
    const headers = { origin: 'https://evil.example' };
    expect((await admin.ask('/queues/api/queues/pause', { method: 'PUT', headers })).status).toBe(403);
  });
});

test('in read-only mode, neither the pages nor the board can change anything', async () => {
  const admin = await startTestAdmin({ ADMIN_PASSWORD: PASSWORD, ADMIN_READ_ONLY: 'true' });
  await putOrder(admin.runtime, REF, {
    facts: [{ type: 'failed', stepKey: 'generate:0', attempt: 0, reason: 'Handler "draw" threw.' }],
  });
  const cookie = await admin.logIn();
  for (const [method, path] of CHANGES) {
    const answer = await admin.ask(path, { method, headers: { origin: admin.address, cookie } });
    expect(answer.status).toBe(403);
  }
  const { body } = await admin.ask('/orders/agent_1/ord_1', { headers: { cookie } });
  expect(body).toContain('Handler &quot;draw&quot; threw.');
  expect(body).not.toContain('/actions');
  const board = await admin.ask('/queues/api/queues', { headers: { cookie } });
  const { queues } = JSON.parse(board.body) as { queues: { readOnlyMode: boolean }[] };
  expect(queues.every((queue) => queue.readOnlyMode)).toBe(true);
  expect((await admin.runtime.store.load(REF))?.facts.some((fact) => fact.type === 'operator_retried')).toBe(
    false,
  );
  await admin.close();
});
