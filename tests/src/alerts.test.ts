/** Alerts of the running system: the ingestor and the admin both evaluate them. */
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type { AlertMessage } from '@fulfillment/handlers';
import { waitFor } from '@fulfillment/processes';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type System, startSystem } from './harness/system.ts';
import { place } from './harness/trade.ts';

const SECRET = `whsec_${Buffer.from('the secret of the alerts of a test').toString('base64')}`;
const received: { headers: IncomingHttpHeaders; body: string }[] = [];
let heartbeats = 0;
const server = createServer(async (request, response) => {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  if (request.url === '/heartbeat') heartbeats += 1;
  else received.push({ headers: request.headers, body });
  response.writeHead(200).end();
});

let system: System;
beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  system = await startSystem({
    env: {
      FULFILLMENT_CONFIG: path.join(import.meta.dirname, 'alerts.config.ts'),
      ALERTS_URL: `${base}/alerts`,
      ALERTS_SECRET: SECRET,
      HEARTBEAT_URL: `${base}/heartbeat`,
      ADMIN_URL: 'https://console.example',
    },
  });
}, 60_000);
afterAll(async () => {
  await system?.close();
  server.close();
}, 60_000);

/** The verified messages of a kind. */
function messages(kind: string): AlertMessage[] {
  const all = received.map(({ headers, body }) =>
    new Webhook(SECRET).verify(body, headers as Record<string, string>),
  ) as AlertMessage[];
  return all.filter((message) => message.kind === kind);
}
const states = (kind: string) => messages(kind).map(({ state }) => state);
const until = (what: string, isTrue: () => boolean) =>
  waitFor(what, async () => isTrue() || null, { timeoutMs: 60_000, intervalMs: 100 });

test('a failure and a waiting draft arrive once, and their ends once', async () => {
  const failing = await place(system, { service: 'Fails for good', brief: 'A brief that is nobody else’s' });
  const draft = await place(system, { service: 'Looked at' });
  for (const order of [failing, draft]) await order.buyer('pay');
  await until('both alerts', () => states('order_failed').length > 0 && states('review_waiting').length > 0);
  expect(messages('order_failed')[0]).toMatchObject({
    state: 'opened',
    severity: 'critical',
    count: 1,
    title: expect.stringContaining('fails-for-good'),
    link: `https://console.example/orders/${failing.ref.agentId}/${failing.id}`,
  });
  await draft.operator({
    type: 'reviewed',
    round: '0',
    draft: 0,
    verdict: 'approve',
    note: '',
    message: null,
    by: 'ada',
  });
  await draft.status('delivered');
  await until('the end of the review', () => states('review_waiting').includes('resolved'));
  expect(states('review_waiting')).toEqual(['opened', 'resolved']);
  expect(states('order_failed')).toEqual(['opened']);
  expect(new Set(received.map(({ headers }) => headers['webhook-id'])).size).toBe(received.length);
  expect(received.map(({ body }) => body).join()).not.toContain('nobody else');
  expect(heartbeats).toBe(1);
}, 120_000);

test('an app that does not run, a dispute and an unanswered buyer arrive once, and their ends once', async () => {
  const order = await place(system, {});
  await order.buyer('pay');
  await order.status('delivered');
  // Without a group wait, an app that starts after the ingestor is missing for a moment.
  const missing = () =>
    messages('app_missing')
      .filter(({ title }) => title === 'No generation-worker runs')
      .map(({ state }) => state);
  await until('the end of the start', () => missing().at(-1) !== 'opened');
  const before = missing().length;
  await system.stop('generation-worker');
  await order.buyer('message', { content: 'Where is the second page?' });
  await until('the missing app', () => missing().length > before);
  await until('the message', () => states('buyer_waits').length > 0);
  await system.start('generation-worker');
  await order.buyer('dispute', { reason: 'The second page is missing' });
  await until('the dispute', () => states('order_disputed').length > 0);
  await until('the end of the missing app', () => missing().length > before + 1);
  expect(missing().slice(before)).toEqual(['opened', 'resolved']);
  await order.buyer('status', { status: 'cancelled' });
  await system.store.hint(order.ref, []);
  await system.queues.poke(order.ref, 'operator');
  for (const kind of ['buyer_waits', 'order_disputed']) {
    await until(`the end of ${kind}`, () => states(kind).includes('resolved'));
    expect(states(kind)).toEqual(['opened', 'resolved']);
  }
  const bodies = received.map(({ body }) => body).join();
  expect(bodies).not.toContain('second page');
}, 120_000);
