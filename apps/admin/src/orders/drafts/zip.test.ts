import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { localDisk } from '@fulfillment/artifacts';
import { addBytes } from '@fulfillment/artifacts/test-support';
import type { Fact } from '@fulfillment/shared';
import { strFromU8, unzipSync } from 'fflate';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { putOrder, startTestAdmin, type TestAdmin } from '../../test-support/admin.ts';

const ref = { agentId: 'agent_1', orderId: 'ord_1' };
const folder = await mkdtemp(path.join(os.tmpdir(), 'zip-'));
const store = localDisk({ folder });
let admin: TestAdmin;
beforeAll(async () => {
  admin = await startTestAdmin({ ARTIFACTS_DIR: folder });
});
afterAll(async () => {
  await admin.close();
  await rm(folder, { recursive: true });
});

const artifact = (body: string, fileName: string) =>
  addBytes(store, { orderId: ref.orderId, round: '0', body, contentType: 'text/plain', fileName });
const zipOf = (round: string) =>
  fetch(new URL(`/orders/${ref.agentId}/${ref.orderId}/drafts/${round}/files.zip`, admin.address));

test('all files of a round are one zip with their own names, and a missing file is named in it', async () => {
  const files = [
    await artifact('first', 'a cat.txt'),
    await artifact('second', 'a cat.txt'),
    await artifact('third', 'Kätzchen.txt'),
    await artifact('gone', 'gone.txt'),
  ];
  await rm(path.join(folder, files[3]?.path ?? ''));
  const products = files.map((file) => ({ mediaType: 'text' as const, artifact: file }));
  const generated: Fact = {
    type: 'generated',
    round: '0',
    handler: 'writer',
    products,
    draft: 0,
    review: false,
  };
  await putOrder(admin.runtime, ref, { facts: [generated] });
  const answer = await zipOf('0');
  expect(answer.headers.get('content-disposition')).toContain('ord_1.zip');
  const entries = unzipSync(new Uint8Array(await answer.arrayBuffer()));
  const texts = Object.fromEntries(Object.entries(entries).map(([name, bytes]) => [name, strFromU8(bytes)]));
  expect(texts).toEqual({
    'a cat.txt': 'first',
    'a cat (2).txt': 'second',
    'Kätzchen.txt': 'third',
    'missing.txt': 'Missing in the store:\ngone.txt\n',
  });
});

test('a round without files is not found', async () => {
  expect((await zipOf('7')).status).toBe(404);
});
