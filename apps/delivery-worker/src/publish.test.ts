import { rm } from 'node:fs/promises';
import path from 'node:path';
import { localDisk, PermanentError } from '@fulfillment/artifacts';
import { addBytes } from '@fulfillment/artifacts/test-support';
import type { Call } from '@fulfillment/platform/test-support';
import type { Artifact, Fact, OrderRef, Step } from '@fulfillment/shared';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { openDelivery, SILENT } from './test-support/delivery.ts';
import { answerLost, refusedFor, serverError, type Trade } from './test-support/trade.ts';

const app = await openDelivery({ policy: SILENT });
const { place, poke, facts, untilFact, tryAgainNow, attention, artifacts, folder } = app;
afterAll(() => app[Symbol.asyncDispose]());

const PUBLISH: Step = { name: 'publish', round: '0', attempt: 0 };

const put = (orderId: string, fileName: string, contentType = 'text/plain') =>
  addBytes(artifacts, { orderId, round: '0', body: `This is ${fileName}.`, contentType, fileName });

/** A round whose files have no public address yet. */
const made = (files: Artifact[], round = '0'): Fact => ({
  type: 'generated',
  draft: 0,
  review: false,
  round,
  handler: 'painter',
  products: files.map((artifact) => ({ artifact, mediaType: 'text' as const })),
});

async function withFiles(names: string[], ...faults: Trade['faults']['upload']): Promise<Trade> {
  const trade = await place({ status: 'pending_quote' });
  trade.row.status = 'paid';
  trade.faults.upload.push(...faults);
  await poke(trade.ref, [made(await Promise.all(names.map((name) => put(trade.orderId, name))))]);
  return trade;
}

/** The marketplace issues upload tokens, and its file store gives this answer. */
function openStore(answer: { drop?: true; data?: unknown } = {}) {
  const puts: Call[] = [];
  const { answers } = app.market;
  const pathname = 'atelier/uploads/agt_1/1-abc.txt';
  const tokens: string[] = [];
  answers['POST /api/upload/token'] = ({ body }) => {
    tokens.push(JSON.parse(body).content_type);
    return { data: { token: `tok_${tokens.length}`, pathname } };
  };
  answers['PUT /blob/'] = (call) => {
    puts.push(call);
    return answer.drop ? { drop: true } : { data: { url: `https://store.example/${pathname}`, pathname } };
  };
  const close = () => {
    delete answers['POST /api/upload/token'];
    delete answers['PUT /blob/'];
  };
  return { puts, tokens, close };
}

describe("a file that is too large for the marketplace's edge", () => {
  const large = async (orderId: string) =>
    addBytes(artifacts, {
      orderId,
      round: '0',
      body: 'x'.repeat(4_600_000),
      contentType: 'text/plain; charset=utf-8',
      fileName: 'long.txt',
    });

  test('goes straight to its file store, with a token that counts as an upload', async () => {
    const store = openStore();
    const used = (await app.runtime.budget.state()).used;
    const trade = await place({ status: 'pending_quote' });
    trade.row.status = 'paid';
    await poke(trade.ref, [made([await large(trade.orderId)])]);
    const { deliverables } = await untilFact(trade, 'delivered');
    expect(deliverables[0]?.url).toBe('https://store.example/atelier/uploads/agt_1/1-abc.txt');
    expect(store.tokens).toEqual(['text/plain']);
    expect(store.puts).toMatchObject([{ key: 'tok_1' }]);
    expect(store.puts[0]?.query.get('pathname')).toBe('atelier/uploads/agt_1/1-abc.txt');
    expect(store.puts[0]?.body).toHaveLength(4_600_000);
    expect(trade.count('upload')).toBe(0);
    expect((await app.runtime.budget.state()).used).toBe(used + 2);
    store.close();
  });

  test('goes to the file store after a rejection, although it is below our limit', async () => {
    const store = openStore();
    const trade = await withFiles(['a.txt'], { takesEffect: false, answer: { status: 413, html: 'no' } });
    await untilFact(trade, 'delivered');
    expect([trade.count('upload'), store.puts.length]).toEqual([1, 1]);
    store.close();
  });
});

test('a file is sent with the checked content type, without parameters', async () => {
  const trade = await place({ status: 'pending_quote' });
  trade.row.status = 'paid';
  const files = [
    await put(trade.orderId, 'a.txt', 'text/plain; charset=utf-8'),
    await put(trade.orderId, 'b.js', 'Application/JavaScript'),
  ];
  await poke(trade.ref, [made(files)]);
  await untilFact(trade, 'delivered');
  expect(trade.uploadTypes).toEqual(['text/plain', 'text/javascript']);
});

describe('files without a public address', () => {
  test('are hosted by the marketplace, then delivered under its URLs', async () => {
    const trade = await withFiles(['a.txt', 'b.txt']);
    const { deliverables } = await untilFact(trade, 'delivered');
    expect(trade.uploads).toEqual(['a.txt', 'b.txt']);
    expect(deliverables.map(({ url }) => url)).toEqual(
      [1, 2].map((number) => `https://hosted.example/${trade.orderId}/${number}`),
    );
  });

  test('are sent once each, and after a failure only the missing files are sent', async () => {
    const trade = await withFiles(['a.txt', 'b.txt'], null, serverError);
    await tryAgainNow(trade.ref, PUBLISH);
    await untilFact(trade, 'delivered');
    expect(trade.uploads).toEqual(['a.txt', 'b.txt']);
    expect(trade.count('upload')).toBe(3);
  });

  test('whose upload took effect unnoticed leave one extra file, and one delivery', async () => {
    const trade = await withFiles(['a.txt'], answerLost(true));
    await tryAgainNow(trade.ref, PUBLISH);
    await untilFact(trade, 'delivered');
    expect(trade.uploads).toEqual(['a.txt', 'a.txt']);
    expect(trade.count('deliver')).toBe(1);
  });

  test('that are rate-limited wait and use no try', async () => {
    const trade = await withFiles(['a.txt'], refusedFor(1));
    await app.done(trade.ref, PUBLISH);
    expect((await app.job(trade.ref, PUBLISH)).attemptsMade).toBe(1);
  });

  test('that two rounds share get an address for each round', async () => {
    const trade = await withFiles(['a.txt']);
    await untilFact(trade, 'delivered');
    Object.assign(trade.row, { status: 'revision_requested', revision_count: 1 });
    const [generated] = await facts(trade, 'generated');
    const [artifact] = generated?.products.flatMap((product) => product.artifact ?? []) ?? [];
    if (artifact === undefined) throw new Error('There is no artifact.');
    app.market.answers[`POST /api/orders/${trade.orderId}/upload`] = {
      data: { url: `https://hosted.example/${trade.orderId}/1`, media_type: 'text' },
    };
    const asked = { type: 'revision_requested', revision: 1, feedback: 'Again', isExtra: false } as const;
    await poke(trade.ref, [asked, made([artifact], '1')]);
    await app.done(trade.ref, { name: 'deliver', round: '1', attempt: 0 });
    const urls = trade.deliverables.map((row) => row.deliverable_url);
    expect(new Set(urls).size).toBe(2);
    expect(urls[1]).toBe(`${urls[0]}#round-1`);
  });
});

describe('files whose store has a public address now', () => {
  const served = localDisk({ folder, publicUrl: 'https://orders.example.com' });
  afterEach(() => app.setStore(artifacts));
  const retry = (ref: OrderRef) =>
    poke(ref, [{ type: 'operator_retried', stepKey: 'publish:0', attempt: 0, by: 'ada' }]);

  test('are delivered under that address, as the advice says', async () => {
    const trade = await place({ status: 'pending_quote' });
    trade.row.status = 'paid';
    const artifact = await put(trade.orderId, 'main.go', 'text/x-go');
    await poke(trade.ref, [made([artifact])]);
    expect(await attention(trade.ref)).toContain('Set PUBLIC_URL');
    app.setStore(served);
    await retry(trade.ref);
    const { deliverables } = await untilFact(trade, 'delivered');
    expect(deliverables.map(({ url }) => url)).toEqual([
      `https://orders.example.com/artifacts/${artifact.path}`,
    ]);
    expect(trade.count('upload')).toBe(0);
  });

  test('get a new address when addresses expire', async () => {
    const trade = await place({ status: 'pending_quote' });
    trade.row.status = 'paid';
    app.setStore({
      ...served,
      doUrlsExpire: true,
      publicUrl: async ({ path }) => `https://s3.example/${path}?signed=now`,
    });
    await poke(trade.ref, [made([await put(trade.orderId, 'a.txt')])]);
    const { deliverables } = await untilFact(trade, 'delivered');
    expect(deliverables[0]?.url).toMatch(/\?signed=now$/);
  });

  test('but lost the file: no dead link is delivered', async () => {
    const trade = await place({ status: 'pending_quote' });
    trade.row.status = 'paid';
    app.setStore(localDisk({ folder: path.join(folder, 'new'), publicUrl: 'https://orders.example.com' }));
    await poke(trade.ref, [made([await put(trade.orderId, 'a.txt')])]);
    expect(await attention(trade.ref)).toContain('a.txt is missing in its store.');
  });
});

describe('while the artifact store fails', () => {
  const failing = (error: Error) => ({ ...artifacts, read: () => Promise.reject(error) });
  afterEach(() => app.setStore(artifacts));

  test('the step waits and uses no try', async () => {
    app.setStore(failing(new Error('the store is down')));
    const trade = await withFiles(['a.txt']);
    const job = await app.job(trade.ref, PUBLISH);
    await app.untilState(job, 'delayed');
    app.setStore(artifacts);
    await app.done(trade.ref, PUBLISH);
    expect((await app.job(trade.ref, PUBLISH)).attemptsMade).toBe(1);
    expect(trade.uploads).toEqual(['a.txt']);
  });

  test('for 15 minutes, the order goes to attention', async () => {
    app.setStore(failing(new Error('the store is down')));
    const trade = await withFiles(['a.txt']);
    const job = await app.job(trade.ref, PUBLISH);
    await app.untilState(job, 'delayed');
    const { data } = await app.job(trade.ref, PUBLISH);
    await job.updateData({ ...data, storeFailingSince: Date.now() - 16 * 60_000 });
    expect(await attention(trade.ref)).toMatch(
      /a\.txt cannot be had from the artifact store: the store is down\. Repair the store/,
    );
  });

  test('with a rejection, the order goes to attention at once', async () => {
    app.setStore(failing(new PermanentError('AccessDenied')));
    const trade = await withFiles(['a.txt']);
    expect(await attention(trade.ref)).toContain('cannot be had from the artifact store: AccessDenied');
    expect(trade.count('upload')).toBe(0);
  });
});

describe('attention shows', () => {
  test('a file that is missing in its store', async () => {
    const trade = await place({ status: 'pending_quote' });
    trade.row.status = 'paid';
    const artifact = await put(trade.orderId, 'lost.txt');
    await rm(path.join(folder, artifact.path));
    await poke(trade.ref, [made([artifact])]);
    expect(await attention(trade.ref)).toContain(
      'lost.txt is missing in its store. Is ARTIFACTS_DIR the same folder for all apps?',
    );
    expect(trade.count('upload')).toBe(0);
  });

  test('a file that the marketplace does not host, before it is sent', async () => {
    const trade = await place({ status: 'pending_quote' });
    trade.row.status = 'paid';
    await poke(trade.ref, [made([await put(trade.orderId, 'main.go', 'text/x-go')])]);
    expect(await attention(trade.ref)).toMatch(
      /main\.go is text\/x-go, which the marketplace does not host\. Set PUBLIC_URL/,
    );
    expect(trade.count('upload')).toBe(0);
  });

  test('a file that the edge rejects as too large, if the marketplace gives no token either', async () => {
    const trade = await withFiles(['a.txt'], { takesEffect: false, answer: { status: 413, html: 'no' } });
    expect(await attention(trade.ref)).toMatch(/a\.txt, .* does not get through .*Set PUBLIC_URL/);
    expect(trade.count('upload')).toBe(1);
  });

  test('a large file whose connection keeps breaking, before the budget is used up', async () => {
    const trade = await place({ status: 'pending_quote' });
    trade.row.status = 'paid';
    const body = 'x'.repeat(4_600_000);
    const file = {
      orderId: trade.orderId,
      round: '0',
      body,
      contentType: 'text/plain',
      fileName: 'long.txt',
    };
    const store = openStore({ drop: true });
    await poke(trade.ref, [made([await addBytes(artifacts, file)])]);
    await tryAgainNow(trade.ref, PUBLISH);
    await tryAgainNow(trade.ref, PUBLISH);
    expect(await attention(trade.ref)).toMatch(
      /long\.txt, of 4600000 bytes, does not get through .*Set PUBLIC_URL/,
    );
    expect(store.puts).toHaveLength(3);
    store.close();
  });

  test('a file that is too large, before it is read', async () => {
    const trade = await place({ status: 'pending_quote' });
    trade.row.status = 'paid';
    const artifact = await put(trade.orderId, 'large.txt');
    await poke(trade.ref, [made([{ ...artifact, bytes: 50_000_001 }])]);
    expect(await attention(trade.ref)).toContain('large.txt has 50000001 bytes');
    expect(trade.count('upload')).toBe(0);
  });
});

test('the published address of one draft is never delivered for the next draft', async () => {
  const trade = await place({ status: 'pending_quote' });
  trade.row.status = 'paid';
  const [first, second] = [await put(trade.orderId, 'first.txt'), await put(trade.orderId, 'second.txt')];
  const again = { type: 'reviewed', round: '0', draft: 0, verdict: 'regenerate', note: 'Bluer.' } as const;
  await poke(trade.ref, [
    made([first]),
    { type: 'published', round: '0', index: 0, url: 'https://hosted.example/first' },
    { ...again, message: null, by: 'ada' },
    { ...made([second]), draft: 1 } as Fact,
  ]);
  const delivered = await untilFact(trade, 'delivered');
  expect(trade.uploads).toEqual(['second.txt']);
  expect(delivered).toMatchObject({
    draft: 1,
    deliverables: [{ url: `https://hosted.example/${trade.orderId}/1` }],
  });
  expect(await facts(trade.ref, 'delivery_intended')).toMatchObject([{ draft: 1 }]);
});
