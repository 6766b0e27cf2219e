import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type RunningSandbox, startSandbox, type WrappedOrder } from '../test-support/running-sandbox.ts';

const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0]);

let market: RunningSandbox;
let id: string;
let asked: { path: string; underWay: number }[];
let underWay: number;

/**
 * A host of images. `/png` answers an image, `/page` something else, and `/large` more than the
 * limit. `/hang` never answers.
 */
const host = createServer((request, response) => {
  underWay += 1;
  asked.push({ path: String(request.url), underWay });
  response.on('close', () => {
    underWay -= 1;
  });
  answer(String(request.url), response);
});

function answer(path: string, response: ServerResponse): void {
  if (path.startsWith('/hang')) return;
  if (path === '/page') response.end('<p>Not here</p>');
  else if (path === '/large') response.end(Buffer.concat([PNG, Buffer.alloc(2000)]));
  else response.end(PNG);
}

beforeEach(async () => {
  asked = [];
  underWay = 0;
  await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve));
  market = await startSandbox({ behaviour: { localSellers: true, imageMaxBytes: 1000 } });
  id = await market.paid();
});
afterEach(async () => {
  await market[Symbol.asyncDispose]();
  host.closeAllConnections();
  await new Promise((resolve) => host.close(resolve));
});

const behave = (behaviour: object) => market.control('PUT /sandbox/behaviour', behaviour);
const rows = async () => (await market.control<WrappedOrder>(`GET /sandbox/orders/${id}`)).deliverables;

function deliver(...paths: string[]) {
  const { port } = host.address() as AddressInfo;
  const deliverables = paths.map((path) => ({
    deliverable_url: `http://127.0.0.1:${port}${path}`,
    deliverable_media_type: path.includes('.mp4') ? 'video' : 'image',
  }));
  return market.api<{ deliverable_preview_url: string | null }>(`POST /api/orders/${id}/deliver`, {
    deliverables,
  });
}

test('images are fetched one after another, and real images have a preview', async () => {
  const { data } = await deliver('/png', '/page', '/large', '/a.mp4', '/other.png');
  expect(asked.map(({ path }) => path)).toEqual(['/png', '/page', '/large', '/other.png']);
  expect(asked.every((call) => call.underWay === 1)).toBe(true);
  expect(data).toMatchObject({
    status: 'delivered',
    deliverable_preview_url: /\/previews\/prv_[0-9a-f]{16}$/,
  });
  expect((await rows()).map((row) => row.preview_url !== null)).toEqual([true, false, false, false, true]);
  const preview = await fetch(String(data.deliverable_preview_url));
  expect(Buffer.from(await preview.arrayBuffer())).toEqual(PNG);
});

test('a hanging image is abandoned after its time, and the delivery takes effect', async () => {
  await behave({ image_timeout_ms: 60 });
  const begun = performance.now();
  expect((await deliver('/hang', '/hang2', '/png')).status).toBe(200);
  expect(performance.now() - begun).toBeGreaterThan(110);
  expect(await rows()).toHaveLength(3);
});

test('the delivery continues after its caller gave up', async () => {
  await behave({ image_timeout_ms: 150 });
  const { port } = host.address() as AddressInfo;
  const request = fetch(`${market.url}/api/orders/${id}/deliver`, {
    method: 'POST',
    headers: { authorization: 'Bearer atelier_test_seller_key' },
    body: JSON.stringify({
      deliverable_url: `http://127.0.0.1:${port}/hang`,
      deliverable_media_type: 'image',
    }),
    signal: AbortSignal.timeout(50),
  });
  await expect(request).rejects.toThrow();
  expect(await rows()).toHaveLength(0);
  await expect.poll(async () => (await rows()).length, { interval: 10 }).toBe(1);
});

test('a call that takes too long ends with 504 and has no effect', async () => {
  await behave({ deliver_timeout_ms: 80 });
  expect((await deliver('/hang')).status).toBe(504);
  expect(await rows()).toHaveLength(0);
});

test('nothing is fetched from private networks, or while previews are off', async () => {
  await behave({ local_sellers: false });
  expect((await deliver('/png')).data.deliverable_preview_url).toBeNull();
  await behave({ local_sellers: true, fetches_images: false });
  expect((await deliver('/hang')).data.deliverable_preview_url).toBeNull();
  expect(asked).toEqual([]);
});
