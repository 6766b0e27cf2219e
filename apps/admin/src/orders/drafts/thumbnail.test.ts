import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { localDisk } from '@fulfillment/artifacts';
import { addBytes } from '@fulfillment/artifacts/test-support';
import type { Product } from '@fulfillment/shared';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { putOrder, startTestAdmin, type TestAdmin } from '../../test-support/admin.ts';

const folder = await mkdtemp(path.join(os.tmpdir(), 'thumbnail-'));
const ref = { agentId: 'agent_1', orderId: 'ord_pictures' };
const noise = (width: number, height: number) =>
  sharp(randomBytes(width * height * 3), { raw: { width, height, channels: 3 } }).png();
const LARGE = await noise(900, 300).toBuffer();
const FILES = {
  large: LARGE,
  small: await noise(90, 30).toBuffer(),
  damaged: Buffer.concat([LARGE.subarray(0, 64), Buffer.alloc(200_000)]),
};
const NAMES = Object.keys(FILES);
let admin: TestAdmin;

beforeAll(async () => {
  admin = await startTestAdmin({ ARTIFACTS_DIR: folder });
  const store = localDisk({ folder });
  const products: Product[] = [];
  for (const [name, body] of Object.entries(FILES)) {
    const file = {
      orderId: ref.orderId,
      round: '0',
      body,
      contentType: 'image/png',
      fileName: `${name}.png`,
    };
    products.push({ mediaType: 'image', artifact: await addBytes(store, file) });
  }
  await putOrder(admin.runtime, ref, {
    facts: [{ type: 'generated', round: '0', handler: 'painter', draft: 0, review: true, products }],
  });
});
afterAll(async () => {
  await admin?.close();
  await rm(folder, { recursive: true, force: true });
});

async function load(name: keyof typeof FILES, query: '' | '?thumbnail', headers = {}) {
  const url = `${admin.address}/orders/${ref.agentId}/${ref.orderId}/drafts/0/0/${NAMES.indexOf(name)}${query}`;
  const answer = await fetch(url, { headers });
  const { status } = answer;
  const etag = answer.headers.get('etag') ?? '';
  return {
    status,
    etag,
    type: answer.headers.get('content-type'),
    bytes: Buffer.from(await answer.arrayBuffer()),
  };
}

test('a large picture is shown by a small one that fits its place, and opens whole', async () => {
  const small = await load('large', '?thumbnail');
  expect(small.type).toBe('image/webp');
  expect(await sharp(small.bytes).metadata()).toMatchObject({ width: 704, height: 235 });
  const whole = await load('large', '');
  expect(whole.type).toBe('image/png');
  expect(whole.bytes).toEqual(LARGE);
  // A browser that has one must not show it for the other.
  expect(small.etag).not.toBe(whole.etag);
  expect((await load('large', '?thumbnail', { 'if-none-match': small.etag })).status).toBe(304);
  expect((await load('large', '', { 'if-none-match': small.etag })).status).toBe(200);
});

test.each(['small', 'damaged'] as const)('a %s picture is its own thumbnail', async (name) => {
  const { type, bytes } = await load(name, '?thumbnail');
  expect(type).toBe('image/png');
  expect(bytes).toEqual(FILES[name]);
});
