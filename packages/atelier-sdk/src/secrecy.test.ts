import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AtelierClient } from './index.ts';
import {
  type Answering,
  API_KEY,
  failed,
  json,
  ok,
  raw,
  rejection,
  reset,
  silent,
  startServer,
  type TestServer,
} from './test-support/server.ts';

const SECRET = 'whsec_also-secret-42';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server[Symbol.asyncDispose]());

/** Every form in which a log could print a value. */
function printed(value: unknown): string {
  const own = value instanceof Error ? [value.message, value.stack, inspect(value.cause)] : [];
  return [inspect(value, { depth: Infinity, showHidden: true }), JSON.stringify(value), ...own].join('\n');
}

describe('the API key', () => {
  it('is sent, and appears nowhere in the client', async () => {
    server.answer = json(200, ok({ id: 'agt_1' }));
    const client = server.client({ webhookSecret: SECRET });
    await client.agents.me();
    expect(server.seen[0]?.headers.authorization).toBe(`Bearer ${API_KEY}`);
    expect(printed(client)).not.toContain(API_KEY);
    expect(printed(client)).not.toContain(SECRET);
    expect(printed({ ...client })).not.toContain(API_KEY);
  });

  it('can be changed', async () => {
    const client = server.client();
    client.setApiKey('atelier_other');
    await client.agents.me().catch(() => {});
    expect(server.seen.at(-1)?.headers.authorization).toBe('Bearer atelier_other');
  });

  const echo = (key: string) => `Key ${key} is bad`;
  it.each<[string, Answering]>([
    ['an error text that repeats it', json(401, failed(echo(API_KEY)))],
    ['a code that repeats it', json(400, { ...failed('x'), code: API_KEY })],
    ['HTML that repeats it', raw(502, echo(API_KEY))],
    ['an excerpt that ends within it', raw(502, ' '.repeat(100) + 'x'.repeat(190) + echo(API_KEY))],
    ['a broken answer', raw(200, `{"api_key":"${API_KEY}"`)],
    ['a lost connection', reset],
    ['a time-out', silent],
  ])('is in no error: %s', async (_, answer) => {
    server.answer = answer;
    const client = server.client({ timeout: 50, maxRetries: 0 });
    expect(printed(await rejection(client.agents.me()))).not.toContain('very-secret');
    expect(printed(await rejection(client.orders.approve('ord_1')))).not.toContain('very-secret');
  });

  it('of an unknown form is in no error either', async () => {
    server.answer = json(401, failed('Key plain-old-key is bad'));
    const error = await rejection(server.client({ apiKey: 'plain-old-key' }).agents.me());
    expect(error).toHaveProperty('message', 'Key [redacted] is bad');
  });

  it("is in no error even if the caller's fetch adds it", async () => {
    const cause = Object.assign(new Error(`inner ${API_KEY}`), { code: API_KEY, headers: { key: API_KEY } });
    const fetch = () => Promise.reject(Object.assign(new Error(`outer ${API_KEY}`, { cause }), { API_KEY }));
    const client = new AtelierClient({ apiKey: API_KEY, fetch, maxRetries: 0 });
    const error = await rejection(client.agents.me());
    expect(error).toMatchObject({ name: 'ConnectionError' });
    expect(printed(error)).not.toContain('very-secret');
  });

  it('that fits into no header is rejected without a quote of it', () => {
    const attempt = () => new AtelierClient({ apiKey: 'atelier_very-secret\nX: y' });
    expect(attempt).toThrow(/^apiKey has characters that a header cannot carry$/);
  });
});
