import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type System, startSystem } from './harness/system.ts';
import { place } from './harness/trade.ts';

let system: System;

beforeAll(async () => {
  system = await startSystem();
});
afterAll(() => system?.close());

/** Longer than the usual limits of servers and proxies for a request, in ms. */
const UPLOAD_MS = 100_000;
const PIECES = 50;
const PIECE = 'x'.repeat(10_000);
const BOUNDARY = 'slow-upload';

/** A field of the form, as a part of its body. */
const field = (name: string, value: string, more = '') =>
  `--${BOUNDARY}\r\ncontent-disposition: form-data; name="${name}"${more}\r\n\r\n${value}`;

test('files by hand may take minutes to arrive, and are delivered whole', async () => {
  const order = await place(system, { service: 'Slow work' });
  await order.buyer('pay');
  const begun = async () =>
    (await system.store.load(order.ref))?.facts.some(({ type }) => type === 'began') ?? false;
  await expect.poll(begun, { timeout: 15_000 }).toBe(true);
  const admin = system.urls.admin;
  const page = `${admin}/orders/${order.ref.agentId}/${order.ref.orderId}`;
  const body = new URLSearchParams({ step: 'generate:0', attempt: '0' });
  await fetch(`${page}/stop`, { method: 'POST', headers: { origin: admin }, body });
  const attention = 'stopped:generate:0:0';
  const isOffered = async () => (await (await fetch(page)).text()).includes(`value="${attention}"`);
  await expect.poll(isOffered, { timeout: 15_000 }).toBe(true);

  const upload = request(`${page}/by-hand`, {
    method: 'POST',
    headers: { origin: admin, 'content-type': `multipart/form-data; boundary=${BOUNDARY}` },
  });
  const answered = once(upload, 'response');
  upload.write(`${field('attention', attention)}\r\n`);
  upload.write(field('files', '', '; filename="slow.txt"\r\ncontent-type: text/plain'));
  for (let piece = 0; piece < PIECES; piece += 1) {
    upload.write(PIECE);
    await delay(UPLOAD_MS / PIECES);
  }
  upload.end(`\r\n--${BOUNDARY}--\r\n`);
  const [answer] = (await answered) as [IncomingMessage];
  expect(answer.statusCode).toBe(303);
  await order.status('delivered');
  const { deliverables } = await system.sandbox.order(order.ref.orderId);
  const [file] = await Promise.all(
    deliverables.map(async ({ deliverable_url: url }) => (await fetch(String(url))).text()),
  );
  expect(file).toBe(PIECE.repeat(PIECES));
});
