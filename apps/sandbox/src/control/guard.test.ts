import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildSandbox } from '../app.ts';

let server: FastifyInstance;
let serviceId: string;

beforeAll(async () => {
  ({ server } = await buildSandbox({ demo: true, host: 'sandbox.test' }));
  const state = await server.inject('/sandbox/state');
  serviceId = state.json<{ data: { services: { id: string }[] } }>().data.services[0]?.id ?? '';
});
afterAll(() => server.close());

/** Places an order with these headers. @returns the status, and the number of orders afterwards. */
async function placeWith(headers: Record<string, string>): Promise<{ status: number; orders: number }> {
  const payload = JSON.stringify({ service_id: serviceId, brief: 'A kite', kind: 'x402' });
  const answer = await server.inject({ method: 'POST', url: '/sandbox/orders', headers, payload });
  const state = await server.inject('/sandbox/state');
  return {
    status: answer.statusCode,
    orders: state.json<{ data: { orders: number } }>().data.orders,
  };
}

test.each([
  ['a page of another site', { origin: 'https://evil.example', 'content-type': 'text/plain' }],
  ['a page without an origin', { origin: 'null' }],
  ['a page on another port of this machine', { host: 'localhost:4000', origin: 'http://localhost:8080' }],
  ['a browser that calls the page cross-site', { 'sec-fetch-site': 'cross-site' }],
  ['a browser that calls the page same-site', { 'sec-fetch-site': 'same-site' }],
  ['a name that resolves to this machine', { host: 'evil.example:4000' }],
  [
    'a name that resolves to this machine, from its own page',
    { host: 'evil.example', origin: 'http://evil.example' },
  ],
  ['no readable host', { host: 'a b' }],
])('control calls are forbidden to %s', async (_who, headers) => {
  const before = await placeWith({ host: 'evil.example' });
  expect(await placeWith(headers)).toEqual({ status: 403, orders: before.orders });
});

test.each([
  ['a program', {}],
  [
    'the buyer page',
    { host: 'localhost:4000', origin: 'http://localhost:4000', 'sec-fetch-site': 'same-origin' },
  ],
  ['the address bar', { 'sec-fetch-site': 'none' }],
  ['127.0.0.1', { host: '127.0.0.1:4000' }],
  ['another loopback address', { host: '127.8.8.8' }],
  ['IPv6 loopback', { host: '[::1]:4000' }],
  ['a subdomain of localhost', { host: 'shop.localhost:4000' }],
  ['the host that the sandbox listens on', { host: 'sandbox.test:4000' }],
])('control calls are allowed to %s', async (_who, headers) => {
  expect((await placeWith(headers)).status).toBe(200);
});

test('reads of the control API are guarded as well, and the marketplace API is not', async () => {
  const headers = { host: 'evil.example' };
  expect((await server.inject({ url: '/sandbox/history', headers })).statusCode).toBe(403);
  expect((await server.inject({ url: '/%73andbox/state', headers })).statusCode).toBe(403);
  expect((await server.inject({ url: '/api/bounties', headers })).statusCode).toBe(200);
});
