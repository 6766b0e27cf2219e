import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  LINK,
  type RunningSandbox,
  startSandbox,
  type WrappedOrder,
} from '../../test-support/running-sandbox.ts';

let market: RunningSandbox;
let id: string;

beforeEach(async () => {
  market = await startSandbox();
  id = await market.paid();
});
afterEach(() => market[Symbol.asyncDispose]());

const fault = (kind: string, more: object = {}) =>
  market.control('POST /sandbox/faults', { endpoint: 'orders.deliver', kind, times: 1, ...more });
const deliver = () => market.api(`POST /api/orders/${id}/deliver`, LINK);
const rows = async () =>
  (await market.control<WrappedOrder>(`GET /sandbox/orders/${id}`)).deliverables.length;
const lastCall = async () => (await market.history()).calls.at(-1);

describe('a fault', () => {
  test('status answers an error without an effect', async () => {
    await fault('status', { status: 503 });
    expect(await deliver()).toMatchObject({ status: 503, error: 'Service Unavailable' });
    expect(await rows()).toBe(0);
    expect(await lastCall()).toMatchObject({ status: 503, took_effect: false, fault: 'status' });
    expect((await deliver()).status).toBe(200);
  });

  test('html answers the page of a proxy', async () => {
    await fault('html');
    const answer = await deliver();
    expect(answer.status).toBe(502);
    expect(answer.headers.get('content-type')).toContain('text/html');
    expect(await rows()).toBe(0);
  });

  test('late takes effect after its caller has gone', async () => {
    await fault('late', { latency_ms: 300 });
    const request = fetch(`${market.url}/api/orders/${id}/deliver`, {
      method: 'POST',
      headers: { authorization: 'Bearer atelier_test_seller_key', 'content-type': 'application/json' },
      body: JSON.stringify(LINK),
      signal: AbortSignal.timeout(100),
    });
    await expect(request).rejects.toThrow();
    expect(await rows()).toBe(0);
    await expect.poll(rows, { interval: 20 }).toBe(1);
    expect(await lastCall()).toMatchObject({ took_effect: true, fault: 'late' });
  });

  test('stale answers a read from a cache, unless the caller bypasses caches', async () => {
    const read = async (headers: Record<string, string> = {}) => {
      const answer = await fetch(`${market.url}/api/orders/${id}`, {
        headers: { authorization: 'Bearer atelier_test_seller_key', ...headers },
      });
      return ((await answer.json()) as { data: { order: { status: string } } }).data.order.status;
    };
    expect(await read()).toBe('paid');
    expect((await deliver()).status).toBe(200);
    await fault('stale', { endpoint: 'orders.get' });
    expect(await read({ 'cache-control': 'no-cache' })).toBe('delivered');
    await market.control(`POST /sandbox/orders/${id}/approve`);
    expect(await read()).toBe('delivered');
    expect(await lastCall()).toMatchObject({ status: 200, fault: 'stale' });
    expect(await read()).toBe('completed');
  });

  test('reset breaks the connection before any effect', async () => {
    await fault('reset');
    await expect(deliver()).rejects.toThrow();
    expect(await rows()).toBe(0);
    expect(await lastCall()).toMatchObject({ status: 0, took_effect: false, fault: 'reset' });
  });

  test('lost takes effect and breaks the connection', async () => {
    await fault('lost');
    await expect(deliver()).rejects.toThrow();
    expect(await rows()).toBe(1);
    expect(await lastCall()).toMatchObject({ status: 0, took_effect: true, fault: 'lost' });
  });

  test('hang takes effect and never answers', async () => {
    await fault('hang');
    const given = new AbortController();
    const request = fetch(`${market.url}/api/orders/${id}/deliver`, {
      method: 'POST',
      headers: { authorization: 'Bearer atelier_test_seller_key' },
      body: JSON.stringify(LINK),
      signal: given.signal,
    });
    await expect.poll(rows, { interval: 5 }).toBe(1);
    given.abort();
    await expect(request).rejects.toThrow();
    expect(await lastCall()).toMatchObject({ status: 0, took_effect: true, fault: 'hang' });
  });

  test('hang does not keep the sandbox from closing', async () => {
    await fault('hang');
    const request = deliver().catch((error: unknown) => error);
    await expect.poll(rows, { interval: 5 }).toBe(1);
    await market[Symbol.asyncDispose]();
    expect(await request).toBeInstanceOf(Error);
  });

  test('latency waits, and then applies any other fault', async () => {
    await fault('latency', { latency_ms: 50 });
    await fault('status', { status: 500 });
    const begun = performance.now();
    expect((await deliver()).status).toBe(500);
    expect(performance.now() - begun).toBeGreaterThan(45);
    expect(await lastCall()).toMatchObject({ latency_ms: 50, fault: 'status' });
    expect((await deliver()).status).toBe(200);
  });

  test('too_large rejects large bodies', async () => {
    await fault('too_large', { over_bytes: 300 });
    expect((await deliver()).status).toBe(200);
    const large = { ...LINK, padding: 'x'.repeat(300) };
    expect((await market.api(`POST /api/orders/${id}/deliver`, large)).status).toBe(413);
  });

  test('of * strikes any endpoint until it is cleared', async () => {
    await fault('status', { endpoint: '*', times: null });
    expect((await market.api('GET /api/agents/me')).status).toBe(500);
    expect((await deliver()).status).toBe(500);
    await market.control('DELETE /sandbox/faults');
    expect((await deliver()).status).toBe(200);
  });
});

describe('the rate limiter', () => {
  const limit = (ceilings: object, mode = 'shared') =>
    market.control('PUT /sandbox/rate-limit', { mode, ceilings });
  const poll = (headers = {}) => market.api(`GET /api/agents/${market.agentId}/orders`, undefined, headers);

  test('answers 429 with the rate headers, which no other answer has', async () => {
    await limit({ poll: 1 });
    const first = await poll();
    expect(first.headers.get('x-ratelimit-limit')).toBeNull();
    const refused = await poll();
    expect(refused.status).toBe(429);
    expect(refused.headers.get('x-ratelimit-limit')).toBe('1');
    expect(refused.headers.get('x-ratelimit-remaining')).toBe('0');
    const seconds = Number(refused.headers.get('retry-after'));
    expect(seconds).toBeGreaterThan(3590);
    expect(seconds).toBeLessThanOrEqual(3600);
    const reset = Number(refused.headers.get('x-ratelimit-reset'));
    expect(Math.abs(reset - Date.now() / 1000 - seconds)).toBeLessThan(2);
  });

  test('counts by address, not by key', async () => {
    await limit({ poll: 1 });
    await poll();
    expect((await poll({ authorization: 'Bearer atelier_another_key' })).status).toBe(429);
    expect((await poll({ 'x-sandbox-egress': 'east' })).status).toBe(200);
    expect((await poll({ 'x-sandbox-egress': 'east' })).status).toBe(429);
    expect(await lastCall()).toMatchObject({ egress: 'east', status: 429 });
  });

  test('counts polls and failed calls against deliveries', async () => {
    await limit({ poll: 5, deliver: 3 });
    await poll();
    await market.api('POST /api/orders/ord_nothing/deliver', LINK);
    await market.api(`POST /api/orders/${id}/deliver`, '{not json');
    expect((await deliver()).status).toBe(429);
    expect(await rows()).toBe(0);
  });

  test('does not count reads', async () => {
    await limit({ poll: 0, deliver: 0, message: 0, upload: 0 });
    for (const path of [`orders/${id}`, `orders/${id}/messages`, 'agents/me']) {
      expect((await market.api(`GET /api/${path}`)).status).toBe(200);
    }
  });

  test('counts calls that failed inside, but not those that a fault kept outside', async () => {
    await limit({ deliver: 1 });
    await fault('html');
    await deliver();
    await fault('status');
    expect((await deliver()).status).toBe(500);
    expect((await deliver()).status).toBe(429);
  });

  test('a rate-limited call uses up no fault inside', async () => {
    await limit({ deliver: 0 });
    await fault('lost');
    expect((await deliver()).status).toBe(429);
    await limit({ deliver: 1 });
    await expect(deliver()).rejects.toThrow();
  });
});
