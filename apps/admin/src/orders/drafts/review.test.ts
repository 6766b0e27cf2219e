import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { localDisk } from '@fulfillment/artifacts';
import { addBytes } from '@fulfillment/artifacts/test-support';
import { type Fact, factsOf, type Product } from '@fulfillment/shared';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { putOrder, startTestAdmin, type TestAdmin } from '../../test-support/admin.ts';

const folder = await mkdtemp(path.join(os.tmpdir(), 'review-'));
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const REVIEW = 'review:0:0';
let admin: TestAdmin;
let orders = 0;
let ref = { agentId: 'agent_1', orderId: '' };

beforeAll(async () => {
  admin = await startTestAdmin({ ARTIFACTS_DIR: folder });
});
afterAll(async () => {
  await admin?.close();
  await rm(folder, { recursive: true, force: true });
});

const store = localDisk({ folder });
const kept = async (body: string | Buffer, contentType: string, fileName: string): Promise<Product> => ({
  mediaType: contentType.startsWith('image/') ? 'image' : 'text',
  artifact: await addBytes(store, { orderId: ref.orderId, round: '0', body, contentType, fileName }),
});
const pathOf = () => `/orders/${ref.agentId}/${ref.orderId}`;
const reviewed = async () => {
  const record = await admin.runtime.store.load(ref);
  return record === null ? [] : factsOf(record, 'reviewed').map(({ at: _at, ...fact }) => fact);
};

beforeEach(async () => {
  orders += 1;
  ref = { agentId: 'agent_1', orderId: `ord_${orders}` };
  const products = [
    await kept(PNG, 'image/png', 'cat.png'),
    await kept('<script>alert(1)</script>', 'text/html', 'page.html'),
    await kept('<svg onload="alert(1)"/>', 'image/svg+xml', 'cat.svg'),
    await kept(`PK\u0005\u0006${'\0'.repeat(18)}`, 'application/zip', 'all.zip'),
  ];
  const made: Fact = { type: 'generated', round: '0', handler: 'painter', products, draft: 0, review: true };
  await putOrder(admin.runtime, ref, { facts: [made] });
});

test('the page shows the draft, the usual message to edit, and the possible actions', async () => {
  const { body } = await admin.ask(pathOf());
  expect(body).toContain('asks you to review it before delivery');
  expect(body).toContain(`<img src="${pathOf()}/drafts/0/0/0?thumbnail"`);
  expect(body).not.toContain(`<img src="${pathOf()}/drafts/0/0/1?thumbnail"`);
  expect(body).not.toContain(`<img src="${pathOf()}/drafts/0/0/2?thumbnail"`);
  expect(body).toMatch(/<textarea name="message"[^>]*>Your order (&quot;|&#34;|")A drawing/);
  for (const label of ['Approve and deliver', 'Regenerate', 'Decline to deliver'])
    expect(body).toContain(label);
  expect(body).toContain('Why you decline to deliver (the buyer reads this)');
});

test('a delivered round shows its files, also after the review', async () => {
  const url = 'https://files.example/cat.png';
  await admin.runtime.store.append(ref, [
    { type: 'reviewed', round: '0', draft: 0, verdict: 'approve', note: '', message: null, by: 'ada' },
    { type: 'delivered', round: '0', deliverables: [{ url, mediaType: 'image' }], found: false },
  ]);
  const { body } = await admin.ask(pathOf());
  const section = body.slice(body.indexOf('id="delivered"'));
  expect(section).toContain(
    `<img src="${pathOf()}/drafts/0/0/0?thumbnail" alt="cat.png" loading="lazy" decoding="async"`,
  );
  expect(section).toContain('page.html');
  expect(section).toContain(url);
});

test('a delivery of another program shows its links only', async () => {
  const deliverables = [{ url: 'https://files.example/other.png', mediaType: 'image' as const }];
  await admin.runtime.store.append(ref, [{ type: 'delivered', round: '0', deliverables, found: true }]);
  const { body } = await admin.ask(pathOf());
  const section = body.slice(body.indexOf('id="delivered"'), body.indexOf('History'));
  expect(section).toContain('https://files.example/other.png');
  expect(section).not.toContain('<img');
});

describe('a file of a draft', () => {
  const file = (index: number, query = '') => admin.ask(`${pathOf()}/drafts/0/0/${index}${query}`);

  test('is shown as an image or as plain text, and runs nothing', async () => {
    expect((await file(0)).headers).toMatchObject({
      'content-type': 'image/png',
      'content-disposition': 'inline; filename=cat.png',
    });
    for (const index of [1, 2]) {
      const { headers } = await file(index);
      expect(headers['content-type']).toBe('text/plain; charset=utf-8');
      expect(headers['content-security-policy']).toContain('sandbox');
      expect(headers['x-content-type-options']).toBe('nosniff');
    }
  });

  test('is sent once to a browser, which asks again without getting the bytes again', async () => {
    const { headers, body } = await file(0);
    expect(headers['cache-control']).toBe('private, no-cache');
    expect(body).not.toBe('');
    const etag = String(headers.etag);
    const again = await admin.ask(`${pathOf()}/drafts/0/0/0`, { headers: { 'if-none-match': etag } });
    expect([again.status, again.body]).toEqual([304, '']);
    const other = await admin.ask(`${pathOf()}/drafts/0/0/1`, { headers: { 'if-none-match': etag } });
    expect(other.status).toBe(200);
  });

  test('is downloaded if it has another type, or on request', async () => {
    expect((await file(3)).headers).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-disposition': 'attachment; filename=all.zip',
    });
    expect((await file(0, '?download=yes')).headers['content-disposition']).toBe(
      'attachment; filename=cat.png',
    );
  });

  test.each(['0/0/9', '0/1/0', '1/0/0', '0/0/-1', '0/0/x', '..%2f0/0/0', '0/0'])(
    'does not exist at %s',
    async (where) => {
      expect((await admin.ask(`${pathOf()}/drafts/${where}`)).status).toBe(404);
    },
  );

  test('that was regenerated is not shown in place of the new one, nor the new one in its place', async () => {
    const again: Fact[] = [
      {
        type: 'reviewed',
        round: '0',
        draft: 0,
        verdict: 'regenerate',
        note: 'Bluer.',
        message: null,
        by: 'ada',
      },
      {
        type: 'generated',
        round: '0',
        handler: 'painter',
        products: [await kept('The second.', 'text/plain', 'second.txt')],
        draft: 1,
        review: true,
      },
    ];
    await admin.runtime.store.append(ref, again.slice(0, 1));
    expect((await file(0)).status).toBe(409);
    await admin.runtime.store.append(ref, again);
    expect((await file(0)).status).toBe(409);
    expect((await admin.ask(`${pathOf()}/drafts/0/1/0`)).body).toBe('The second.');
    const { body } = await admin.ask(pathOf());
    expect(body).toContain(`${pathOf()}/drafts/0/1/0`);
    expect(body).not.toContain(`${pathOf()}/drafts/0/0/`);
  });

  test('that is a text shows its beginning on the page, as text', async () => {
    const { body } = await admin.ask(pathOf());
    expect(body).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(body).toContain('&lt;svg onload=&quot;alert(1)&quot;/&gt;');
    expect(body).not.toContain('<script>alert(1)');
  });

  test('that is too large for a page is reported with its path', async () => {
    const artifact = {
      path: `${ref.orderId}/0/x/huge.zip`,
      fileName: 'huge.zip',
      contentType: 'application/zip',
      bytes: 2 ** 31,
    };
    const huge: Fact = {
      type: 'generated',
      round: '1',
      handler: 'painter',
      products: [{ mediaType: 'code', artifact }],
      draft: 0,
      review: true,
    };
    await admin.runtime.store.append(ref, [huge]);
    const answer = await admin.ask(`${pathOf()}/drafts/1/0/0`);
    expect(answer.status).toBe(413);
    expect(answer.body).toContain(artifact.path);
  });

  test('that is gone is reported with the setting to check', async () => {
    await rm(path.join(folder, ref.orderId), { recursive: true });
    const answer = await file(0);
    expect(answer.status).toBe(404);
    expect(answer.body).toContain('ARTIFACTS_DIR');
  });
});

describe('a verdict', () => {
  const press = (form: Record<string, string>) =>
    admin.press(`${pathOf()}/actions`, { attention: REVIEW, ...form });

  test('approves once, with its own message', async () => {
    expect((await press({ action: 'approve', message: 'Here it is.' })).status).toBe(303);
    expect(await reviewed()).toEqual([
      {
        type: 'reviewed',
        round: '0',
        draft: 0,
        verdict: 'approve',
        note: '',
        message: 'Here it is.',
        by: 'operator',
      },
    ]);
    expect((await press({ action: 'refuse', note: 'No.' })).status).toBe(409);
    expect(await reviewed()).toHaveLength(1);
  });

  test.each(['regenerate', 'refuse'])('%s needs a reason', async (action) => {
    expect((await press({ action, note: '  ' })).status).toBe(400);
    expect(await reviewed()).toEqual([]);
    expect((await press({ action, note: 'Bluer.' })).status).toBe(303);
    expect(await reviewed()).toMatchObject([{ verdict: action, note: 'Bluer.', message: null }]);
    const { body } = await admin.ask(pathOf());
    expect(body).toContain('Bluer.');
  });

  test('keeps its line breaks as typed, and counts them', async () => {
    const lines = Array.from({ length: 20 }, (_, index) => `${index}`.padEnd(98, '.'));
    const message = lines.join('\r\n');
    expect(message.length).toBeGreaterThan(1997);
    expect((await press({ action: 'approve', message: `${message}\r\n.` })).status).toBe(303);
    expect(await reviewed()).toMatchObject([{ message: `${lines.join('\n')}\n.` }]);
  });

  test('applies to the waiting draft, whatever the form says', async () => {
    expect((await press({ action: 'approve', attention: 'review:0:7' })).status).toBe(409);
    expect((await press({ action: 'retry' })).status).toBe(409);
    expect((await press({ action: 'regenerate', note: 'x'.repeat(4001) })).status).toBe(400);
    expect(await reviewed()).toEqual([]);
  });
});

test('a read-only page shows the draft without buttons', async () => {
  const reader = await startTestAdmin({ ARTIFACTS_DIR: folder, ADMIN_READ_ONLY: 'true' });
  const made: Fact = {
    type: 'generated',
    round: '0',
    handler: 'painter',
    products: [await kept(PNG, 'image/png', 'cat.png')],
    draft: 0,
    review: true,
  };
  await putOrder(reader.runtime, ref, { facts: [made] });
  const { body } = await reader.ask(pathOf());
  expect(body).toContain('/drafts/0/0/0');
  expect(body).not.toContain('Approve and deliver');
  await reader.close();
});
