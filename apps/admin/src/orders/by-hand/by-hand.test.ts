import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { request } from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { findStagedOutput, stagingFolder } from '@fulfillment/artifacts';
import type { Fact } from '@fulfillment/shared';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { putOrder, startTestAdmin, type TestAdmin } from '../../test-support/admin.ts';

const folder = await mkdtemp(path.join(os.tmpdir(), 'by-hand-'));
let admin: TestAdmin;
let orders = 0;
let ref = { agentId: 'agent_1', orderId: 'ord_0' };
const pathOf = () => `/orders/${ref.agentId}/${ref.orderId}`;

beforeAll(async () => {
  admin = await startTestAdmin({ ARTIFACTS_DIR: folder });
});
afterAll(async () => {
  await admin?.close();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  orders += 1;
  ref = { agentId: 'agent_1', orderId: `ord_${orders}` };
  await putOrder(admin.runtime, ref, { facts: [FAILED] });
});

const FAILED: Fact = { type: 'failed', stepKey: 'generate:0', attempt: 0, reason: 'no ink' };
const KEY = 'failed:generate:0:0';
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

function formOf(parts: { attention?: string; files?: File[]; urls?: string }): FormData {
  const form = new FormData();
  form.set('attention', parts.attention ?? KEY);
  for (const file of parts.files ?? []) form.append('files', file);
  form.set('urls', parts.urls ?? '');
  return form;
}
async function send(form: FormData) {
  const answer = await fetch(`${admin.address}${pathOf()}/by-hand`, {
    method: 'POST',
    headers: { origin: admin.address },
    body: form,
    redirect: 'manual',
  });
  return { status: answer.status, body: await answer.text() };
}
const staged = () => findStagedOutput(stagingFolder(folder, { orderId: ref.orderId, round: '0', draft: 0 }));
const retries = async () =>
  (await admin.runtime.store.load(ref))?.facts.filter(({ type }) => type === 'operator_retried') ?? [];
/** What is left of the order's uploads on the disk. */
const leftOnDisk = async () =>
  (await readdir(folder, { recursive: true })).filter((file) => file.includes(`${ref.orderId}/`));

test('files and URLs become the output of the round, with the types that their bytes show', async () => {
  expect((await admin.ask(pathOf())).body).toContain('Deliver by hand');
  const files = [
    new File([PNG], 'picture.txt', { type: 'text/plain' }),
    new File(['Hello'], 'hello.txt', { type: 'text/plain' }),
    new File([], '', { type: 'application/octet-stream' }),
  ];
  const { status } = await send(formOf({ files, urls: 'https://example.com/more\r\n\r\n' }));
  expect(status).toBe(303);
  const output = await staged();
  expect(output?.handler).toBe('operator by hand');
  expect(output?.parts.map(({ product }) => product.artifact?.contentType ?? product.url)).toEqual([
    'image/png',
    expect.stringContaining('text/plain'),
    'https://example.com/more',
  ]);
  expect(await retries()).toMatchObject([
    { stepKey: 'generate:0', attempt: 0, byHand: true, by: 'operator' },
  ]);
  expect((await admin.ask(pathOf())).body).toContain('Operator delivers by hand');
});

describe('nothing is delivered, and nothing is left on the disk,', () => {
  test.each<[string, number, string, Parameters<typeof formOf>[0]]>([
    ['without a file or a URL', 400, 'Choose a file', {}],
    ['with a URL that buyers cannot open', 400, 'private', { urls: 'http://127.0.0.1/a' }],
    ['with a URL that is none', 400, 'not an http', { urls: 'example' }],
    ['with an empty file', 400, 'Nothing was delivered', { files: [new File([], 'empty.txt')] }],
    ['with a form of another failure', 409, 'does not wait for files', { attention: 'failed:generate:0:7' }],
  ])('%s', async (_, status, text, parts) => {
    const files = [new File(['kept?'], 'kept.txt', { type: 'text/plain' }), ...(parts.files ?? [])];
    const answer = await send(formOf(text === 'Choose a file' ? parts : { ...parts, files }));
    expect(answer.status).toBe(status);
    expect(answer.body).toContain(text);
    expect(await retries()).toEqual([]);
    expect(await leftOnDisk()).toEqual([]);
  });

  test('when the upload breaks off', async () => {
    const form = '--x\r\ncontent-disposition: form-data; name="files"; filename="a.txt"\r\n\r\nhalf';
    const broken = request(`${admin.address}${pathOf()}/by-hand`, {
      method: 'POST',
      headers: {
        origin: admin.address,
        'content-type': 'multipart/form-data; boundary=x',
        'content-length': '1000000',
      },
    });
    broken.on('error', () => undefined);
    broken.write(form);
    await expect.poll(leftOnDisk).not.toEqual([]);
    broken.destroy();
    await expect.poll(leftOnDisk).toEqual([]);
    expect(await retries()).toEqual([]);
  });

  test('for an order that waits for nothing', async () => {
    await admin.runtime.store.append(ref, [
      { type: 'operator_retried', stepKey: 'generate:0', attempt: 0, by: 'ada' },
    ]);
    expect((await admin.ask(pathOf())).body).not.toContain('Deliver by hand');
    expect((await send(formOf({ files: [new File(['a'], 'a.txt')] }))).status).toBe(409);
    expect(await leftOnDisk()).toEqual([]);
  });
});
