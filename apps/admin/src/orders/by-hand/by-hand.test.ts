import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { request } from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { byHandFolder, findStagedOutput, removeBrokenUploads } from '@fulfillment/artifacts';
import type { Fact, FactOf, Recorded } from '@fulfillment/shared';
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
const retries = async () =>
  (await admin.runtime.store.load(ref))?.facts.filter(
    (fact): fact is Recorded<FactOf<'operator_retried'>> => fact.type === 'operator_retried',
  ) ?? [];
/** The upload that the order's fact names. */
const staged = async () =>
  findStagedOutput(byHandFolder(folder, ref.orderId, (await retries()).at(-1)?.byHand ?? 'none'));
/** The uploads on the disk. */
const uploads = async () => readdir(path.join(folder, '.by-hand', ref.orderId)).catch(() => []);
beforeEach(() => rm(path.join(folder, '.by-hand'), { recursive: true, force: true }));

test('files and URLs become the output of the round, with the types that their bytes show', async () => {
  expect((await admin.ask(pathOf())).body).toContain('Deliver by hand');
  const files = [
    new File([PNG], 'picture.txt', { type: 'text/plain' }),
    new File(['Hello'], 'hello.txt', { type: 'text/plain' }),
    new File([], '', { type: 'application/octet-stream' }),
  ];
  const { status } = await send(
    formOf({ files, urls: 'https://example.com/more\r\n\r\nhttps://example.com/more' }),
  );
  expect(status).toBe(303);
  const output = await staged();
  expect(output?.attempt).toBe(1);
  expect(output?.parts.map(({ product }) => product.artifact?.contentType ?? product.url)).toEqual([
    'image/png',
    expect.stringContaining('text/plain'),
    'https://example.com/more',
  ]);
  expect(await retries()).toMatchObject([
    { stepKey: 'generate:0', attempt: 0, byHand: expect.any(String), by: 'operator' },
  ]);
  expect((await admin.ask(pathOf())).body).toContain('Operator delivers by hand');
});

test('a file name that leads out of the folder, and a second press, do no harm', async () => {
  const unsafe = new File(['a'], '../../../etc/passwd', { type: 'text/plain' });
  const presses = await Promise.all([1, 2].map(() => send(formOf({ files: [unsafe] }))));
  expect(presses.map(({ status }) => status).toSorted()).toEqual([303, 409]);
  expect(await retries()).toHaveLength(1);
  expect(await uploads()).toHaveLength(1);
  const [part] = (await staged())?.parts ?? [];
  expect(part?.product.artifact?.path).toMatch(new RegExp(`^${ref.orderId}/0/\\w+/[\\w.-]+$`));
});

test('output that arrived after a stop is not replaced, and the button says that it is delivered', async () => {
  const other = { ...ref, orderId: `${ref.orderId}_stopped` };
  const products = [{ url: 'https://example.com/late', mediaType: 'link' as const }];
  await putOrder(admin.runtime, other, {
    facts: [
      { type: 'began', step: 'generate', round: '0', attempt: 0, start: 0, handler: 'painter' },
      { type: 'operator_stopped', stepKey: 'generate:0', attempt: 0, by: 'ada' },
    ],
  });
  ref = other;
  const { store } = admin.runtime;
  const stoppedAt = await store.now();
  await expect.poll(() => store.now()).toBeGreaterThan(stoppedAt);
  await store.append(ref, [
    { type: 'generated', round: '0', handler: 'painter', draft: 0, review: false, products },
  ]);
  const { body } = await admin.ask(pathOf());
  expect(body).toContain('Deliver the output that arrived');
  expect(body).not.toContain('Deliver by hand');
  const form = formOf({ attention: 'stopped:generate:0:0', files: [new File(['mine'], 'mine.txt')] });
  expect((await send(form)).status).toBe(409);
  expect(await retries()).toEqual([]);
});

const DRAFT: Fact = {
  type: 'generated',
  round: '0',
  handler: 'painter',
  draft: 0,
  review: true,
  products: [{ url: 'https://example.com/draft', mediaType: 'link' }],
};

describe('files by hand answer', () => {
  test.each<[string, Parameters<typeof putOrder>[2], string, object]>([
    [
      'a draft that waits for its review',
      { facts: [DRAFT] },
      'review:0:0',
      { type: 'reviewed', verdict: 'regenerate', draft: 0 },
    ],
    [
      'an order without a brief',
      { fields: { brief: null } },
      'no_brief',
      { type: 'operator_released', attentionKey: 'no_brief' },
    ],
    [
      'a dispute',
      { fields: { status: 'disputed' } },
      'disputed:0d',
      { type: 'operator_released', attentionKey: 'disputed:0d', round: '0d' },
    ],
  ])('%s', async (_, order, attention, fact) => {
    ref = { ...ref, orderId: `${ref.orderId}_held` };
    await putOrder(admin.runtime, ref, order);
    expect((await admin.ask(pathOf())).body).toContain('Deliver by hand');
    const answer = await send(formOf({ attention, files: [new File(['mine'], 'mine.txt')] }));
    expect(answer.status).toBe(303);
    const facts = (await admin.runtime.store.load(ref))?.facts ?? [];
    expect(facts).toContainEqual(
      expect.objectContaining({ ...fact, byHand: expect.any(String), by: 'operator' }),
    );
    expect(await uploads()).toHaveLength(1);
    expect((await admin.ask(pathOf())).body).toContain('Operator delivers by hand');
  });

  test('no quote that is held up, because it owes no output', async () => {
    ref = { ...ref, orderId: `${ref.orderId}_quote` };
    await putOrder(admin.runtime, ref, {
      fields: { status: 'pending_quote', quoted_price_usd: null },
      facts: [{ type: 'refused', step: 'price', handler: 'painter', reason: 'no cats', attempt: 0 }],
    });
    const { body } = await admin.ask(pathOf());
    expect(body).toContain('no cats');
    expect(body).not.toContain('Deliver by hand');
  });
});

test('a file larger than the store takes is rejected after the upload, with the reason', async () => {
  const large = new File([Buffer.alloc(3_000_000, 97)], 'large.txt', { type: 'text/plain' });
  const answer = await send(formOf({ files: [large, large] }));
  expect(answer.status).toBe(400);
  expect(answer.body).toContain('larger than 2000000 bytes');
  expect(await uploads()).toEqual([]);
});

test('only uploads that broke off long ago are removed', async () => {
  await send(formOf({ files: [new File(['whole'], 'whole.txt', { type: 'text/plain' })] }));
  await mkdir(byHandFolder(folder, ref.orderId, 'broken'), { recursive: true });
  await removeBrokenUploads(folder, Date.now() - 60_000);
  expect(await uploads()).toHaveLength(2);
  await removeBrokenUploads(folder, Date.now() + 60_000);
  expect(await uploads()).toHaveLength(1);
  expect(await uploads()).not.toContain('broken');
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
    expect(await uploads()).toEqual([]);
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
    await expect.poll(uploads).not.toEqual([]);
    broken.destroy();
    await expect.poll(uploads).toEqual([]);
    expect(await retries()).toEqual([]);
  });

  test('for an order that waits for nothing', async () => {
    await admin.runtime.store.append(ref, [
      { type: 'operator_retried', stepKey: 'generate:0', attempt: 0, by: 'ada' },
    ]);
    expect((await admin.ask(pathOf())).body).not.toContain('Deliver by hand');
    expect((await send(formOf({ files: [new File(['a'], 'a.txt')] }))).status).toBe(409);
    expect(await uploads()).toEqual([]);
  });
});
