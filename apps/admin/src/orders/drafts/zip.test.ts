import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { type ArtifactStore, localDisk } from '@fulfillment/artifacts';
import { s3 } from '@fulfillment/artifacts/s3';
import { addBytes, openS3 } from '@fulfillment/artifacts/test-support';
import type { Artifact } from '@fulfillment/shared';
import { strFromU8, unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { putOrder, startTestAdmin, type TestAdmin } from '../../test-support/admin.ts';

const BUCKET = 'deliverables';
const folder = await mkdtemp(path.join(os.tmpdir(), 'zip-'));
const server = await openS3(BUCKET);
const { endpoint, credentials } = server;
const bucket = s3({ bucket: BUCKET, endpoint, credentials, access: { signedForDays: 7 } });
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

describe.each<[string, ArtifactStore]>([
  ['a folder', localDisk({ folder })],
  ['a bucket', bucket],
])('the files in %s', (_, store) => {
  let admin: TestAdmin;
  let number = 0;
  beforeAll(async () => {
    admin = await startTestAdmin({}, [], { artifacts: store });
  });
  afterAll(() => admin.close());

  const artifact = (body: string, fileName: string, orderId = 'ord_kept') =>
    addBytes(store, { orderId, round: '0', body, contentType: 'text/plain', fileName });
  /** Files of another order, which the store has forgotten. */
  const lost = async (...names: string[]) => {
    const files = await Promise.all(names.map((name) => artifact('gone', name, 'ord_lost')));
    await store.removeOrder('ord_lost');
    return files;
  };
  const answer = async (files: readonly Artifact[], at: (path: string) => string) => {
    number += 1;
    const ref = { agentId: 'agent_1', orderId: `ord_${number}` };
    const products = files.map((file) => ({ mediaType: 'text' as const, artifact: file }));
    const output = { round: '0', handler: 'writer', products, draft: 0, review: false };
    await putOrder(admin.runtime, ref, { facts: files.length > 0 ? [{ type: 'generated', ...output }] : [] });
    return fetch(new URL(at(`/orders/${ref.agentId}/${ref.orderId}/drafts/0`), admin.address));
  };
  const zipOf = (files: readonly Artifact[]) => answer(files, (round) => `${round}/files.zip`);

  test('are one zip with their own names, and a missing file is named in it', async () => {
    const [early, late] = await lost('early.txt', 'late.txt');
    if (early === undefined || late === undefined) throw new Error('There are no lost files.');
    const zip = await zipOf([
      early,
      await artifact('first', 'a cat.txt'),
      await artifact('second', 'a cat.txt'),
      late,
      await artifact('third', 'Kätzchen.txt'),
    ]);
    expect(zip.headers.get('content-disposition')).toContain(`ord_${number}.zip`);
    const entries = unzipSync(new Uint8Array(await zip.arrayBuffer()));
    const texts = Object.entries(entries).map(([name, bytes]) => [name, strFromU8(bytes)]);
    expect(texts).toEqual([
      ['a cat.txt', 'first'],
      ['a cat (2).txt', 'second'],
      ['Kätzchen.txt', 'third'],
      ['missing.txt', 'Missing in the store:\nearly.txt\nlate.txt\n'],
    ]);
  });

  test('of which none is left are an error page that names them', async () => {
    const zip = await zipOf(await lost('one.txt', 'two.txt'));
    expect([zip.status, zip.headers.get('content-type')]).toEqual([404, 'text/html; charset=utf-8']);
    expect(await zip.text()).toContain('None of the files is in the store: one.txt, two.txt.');
  });

  test('that were never generated are not found', async () => {
    expect((await zipOf([])).status).toBe(404);
  });

  test('of which one is opened and missing is an error page', async () => {
    const page = await answer(await lost('one.txt'), (round) => `${round}/0/0`);
    expect([page.status, page.headers.get('etag')]).toEqual([404, null]);
    expect(await page.text()).toContain('The file is missing from its store.');
  });
});

test('a store that does not answer is an error page, and not a broken zip', async () => {
  const away = await openS3(BUCKET);
  const access = { signedForDays: 7 };
  const store = s3({ bucket: BUCKET, endpoint: away.endpoint, credentials: away.credentials, access });
  const admin = await startTestAdmin({}, [], { artifacts: store });
  const ref = { agentId: 'agent_1', orderId: 'ord_1' };
  const file = { orderId: ref.orderId, round: '0', body: 'a', contentType: 'text/plain', fileName: 'a.txt' };
  const products = [{ mediaType: 'text' as const, artifact: await addBytes(store, file) }];
  const output = { round: '0', handler: 'writer', products, draft: 0, review: false };
  await putOrder(admin.runtime, ref, { facts: [{ type: 'generated', ...output }] });
  await away[Symbol.asyncDispose]();
  const { status, body } = await admin.ask(`/orders/${ref.agentId}/${ref.orderId}/drafts/0/files.zip`);
  expect([status, body]).toEqual([503, expect.stringContaining('The artifact store is out of reach')]);
  await admin.close();
});
