import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {
  type ArtifactStore,
  atelier,
  InvalidOutputError,
  localDisk,
  PermanentError,
} from '@fulfillment/artifacts';
import type { GenerateContext } from '@fulfillment/handlers';
import { gate, type TestRuntime, until } from '@fulfillment/platform/test-support';
import type { OrderRef, Step } from '@fulfillment/shared';
import { afterAll, expect, test } from 'vitest';
import { GENERATE, openGeneration } from './test-support/generation.ts';

const DONE = { body: 'made once', contentType: 'text/plain' };
const home = await mkdtemp(path.join(os.tmpdir(), 'storing-'));
afterAll(() => rm(home, { recursive: true, force: true }));
let stores = 0;

/** The app with a store that fails as a test says, and a handler that counts its paid calls. */
async function openStoring(beside: { beside?: TestRuntime } = {}) {
  stores += 1;
  const folder = path.join(home, String(stores));
  const disk = localDisk({ folder: path.join(folder, 'store'), publicUrl: 'https://orders.example.com' });
  const store = { failure: null as Error | null, adds: 0, hang: null as Promise<void> | null };
  const artifacts: ArtifactStore = {
    ...disk,
    async add(file, artifact, signal) {
      store.adds += 1;
      const { failure } = store;
      await store.hang;
      if (failure) throw failure;
      await disk.add(file, artifact, signal);
    },
  };
  const policy = { messages: { delayed: null } };
  const app = await openGeneration({
    ...beside,
    artifacts,
    artifactsDir: path.join(folder, 'artifacts'),
    policy,
  });
  let calls = 0;
  const order = (
    generate: (ctx: GenerateContext) => unknown = () => DONE,
    fields: { timeLimitSeconds?: number; review?: boolean } = {},
  ) =>
    app.placeFor({
      name: 'painter',
      ...fields,
      generate: async (ctx) => {
        calls += 1;
        return (await generate(ctx)) as typeof DONE;
      },
    });
  const kept = async (ref: OrderRef) => {
    const found = await readdir(path.join(folder, 'artifacts', '.made', ref.orderId)).catch(() => []);
    return found.length;
  };
  const stored = async () => {
    const entries = await readdir(path.join(folder, 'store'), { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  };
  /** Runs the next attempt of a waiting step now, and waits until the step has asked the store. */
  const storeAgain = async (
    ref: OrderRef,
    step = GENERATE,
    isDone = async (before: number) => store.adds > before,
  ) => {
    const waiting = await app.job(ref, step);
    await until('the step to wait', () => waiting.isDelayed());
    const before = store.adds;
    await waiting.promote();
    await until('the step to be tried again', () => isDone(before));
  };
  const retry = (ref: OrderRef, attempt = 0) =>
    app.poke(ref, [{ type: 'operator_retried', stepKey: 'generate:0', attempt, by: 'ada' }]);
  return {
    ...app,
    artifacts,
    artifactsDir: path.join(folder, 'artifacts'),
    store,
    order,
    calls: () => calls,
    kept,
    stored,
    retry,
    storeAgain,
    [Symbol.asyncDispose]: () => app[Symbol.asyncDispose](),
  };
}

test('while the store is down, the step waits without a try or another call of the handler', async () => {
  await using app = await openStoring();
  app.store.failure = new Error('the store is down');
  const ref = await app.order();
  await until('storing to be tried', async () => app.store.adds > 0);
  for (let tries = 0; tries < 4; tries += 1) await app.storeAgain(ref);
  expect(await app.facts(ref, 'generated')).toEqual([]);
  app.store.failure = null;
  await app.tryAgainNow(ref, GENERATE);
  const { products } = await app.untilFact(ref, 'generated');
  expect(products).toMatchObject([{ mediaType: 'text', url: expect.stringContaining('/artifacts/ord_') }]);
  expect(app.calls()).toBe(1);
  expect(await app.facts(ref, 'began')).toHaveLength(1);
  expect(await app.facts(ref, 'failed')).toEqual([]);
  await expect.poll(() => app.kept(ref)).toBe(0);
});

test('a rejected output goes to attention at once, and a retry stores it without a generation', async () => {
  await using app = await openStoring();
  app.store.failure = new PermanentError('the artifact store rejects a file: InvalidAccessKeyId');
  const ref = await app.order();
  expect(await app.attention(ref)).toMatch(
    /^The output of handler "painter" is kept, and cannot be stored: .*InvalidAccessKeyId.* retry: the output is stored, and not regenerated/,
  );
  await app.retry(ref);
  await until('storing to be tried again', async () => (await app.facts(ref, 'failed')).length === 2);
  app.store.failure = null;
  await app.retry(ref, 1);
  await app.untilFact(ref, 'generated');
  expect(app.calls()).toBe(1);
  expect(await app.facts(ref, 'began')).toHaveLength(1);
});

test('a store that stays down brings the order to attention after a while', async () => {
  await using app = await openStoring();
  app.store.failure = new Error('connect ECONNREFUSED');
  const ref = await app.order();
  await until('it to be kept', async () => (await app.kept(ref)) === 1 && app.store.adds > 0);
  const manifest = path.join(app.artifactsDir, '.made', ref.orderId, '0-0', 'made.json');
  const made = JSON.parse(await readFile(manifest, 'utf8'));
  await writeFile(manifest, JSON.stringify({ ...made, madeAt: made.madeAt - 16 * 60_000 }));
  await app.tryAgainNow(ref, GENERATE);
  expect(await app.attention(ref)).toMatch(/is kept, and cannot be stored: connect ECONNREFUSED/);
  await app.retry(ref);
  const again: Step = { ...GENERATE, attempt: 1 };
  await app.storeAgain(ref, again);
  app.store.failure = null;
  await app.tryAgainNow(ref, again);
  await app.untilFact(ref, 'generated');
  expect(app.calls()).toBe(1);
});

test("storing does not use the handler's time", async () => {
  await using app = await openStoring();
  const goOn = gate();
  app.store.hang = goOn.opened;
  const ref = await app.order(() => DONE, { timeLimitSeconds: 1 });
  await until('storing to begin', async () => app.store.adds > 0);
  const begun = performance.now();
  await until('the time limit to be over', async () => performance.now() - begun > 1100);
  goOn.open();
  await app.untilFact(ref, 'generated');
  expect(app.calls()).toBe(1);
});

test('a process that stops while it stores leaves the storing to the next process, which calls no handler', async () => {
  await using first = await openStoring();
  first.store.hang = new Promise(() => undefined);
  const ref = await first.order();
  await until('storing to begin', async () => first.store.adds > 0);
  await first.runtime.close();
  const { artifactsDir, folder } = first;
  const artifacts = localDisk({ folder: path.join(folder, 'other') });
  await using second = await openGeneration({ beside: first, artifacts, artifactsDir });
  expect(await second.untilFact(ref, 'generated')).toMatchObject({ handler: 'painter' });
  expect(first.calls()).toBe(1);
  expect(await second.facts(ref, 'began')).toHaveLength(1);
});

test('a stop while the output is stored is recorded with the output, which is not generated again', async () => {
  await using app = await openStoring();
  const hanging = gate();
  app.store.hang = hanging.opened;
  const ref = await app.order();
  await until('storing to begin', async () => app.store.adds > 0);
  await app.poke(ref, [{ type: 'operator_stopped', stepKey: 'generate:0', attempt: 0, by: 'ada' }]);
  await app.runtime.store.announceChange(ref);
  await expect.poll(() => app.facts(ref, 'kept')).toMatchObject([{ round: '0', attempt: 0 }]);
  hanging.open();
  app.store.hang = null;
  await app.retry(ref);
  expect(await app.untilFact(ref, 'generated')).toMatchObject({ handler: 'painter' });
  expect(app.calls()).toBe(1);
});

test('storing again after a crash stores each file once', async () => {
  await using app = await openStoring();
  const ref = await app.order(() => [
    { ...DONE, fileName: 'a.txt' },
    { ...DONE, fileName: 'b.txt' },
    { ...DONE, fileName: 'a.txt' },
  ]);
  const { add } = app.artifacts;
  app.artifacts.add = async (file, artifact, signal) => {
    await add(file, artifact, signal);
    if (artifact.fileName === 'b.txt' && app.store.adds < 3) throw new Error('stored, and nobody was told');
  };
  const { products } = await app.untilFact(ref, 'generated');
  expect(products.map(({ artifact }) => artifact?.fileName)).toEqual(['a.txt', 'b.txt']);
  expect((await app.stored()).sort()).toEqual(['a.txt', 'b.txt']);
  expect(app.store.adds).toBe(4);
});

test("a worker with its own folder leaves another worker's output to that worker", async () => {
  await using first = await openStoring();
  first.store.failure = new Error('the store is down');
  const ref = await first.order();
  await until('it to be kept', async () => (await first.facts(ref, 'kept')).length > 0);
  await first.runtime.close();
  await using second = await openStoring({ beside: first });
  second.handlers.push(...first.handlers);
  await second.storeAgain(ref, GENERATE, async () =>
    second.lines.some(
      ({ msg, reason }) => msg === 'step waits' && /of another generation worker/.test(String(reason)),
    ),
  );
  expect(first.calls()).toBe(1);
  expect(await second.facts(ref, 'began')).toHaveLength(1);
});

test('a retry offers a rejected output to the store again before it regenerates the round', async () => {
  await using app = await openStoring();
  app.store.failure = new InvalidOutputError('song.mp3 is audio/mpeg, which the marketplace does not host');
  const ref = await app.order();
  expect(await app.attention(ref)).toMatch(/rejects the output of handler "painter": song.mp3 is audio/);
  expect(app.calls()).toBe(1);
  await app.retry(ref);
  await until('the second attempt to fail', async () => (await app.facts(ref, 'failed')).length === 2);
  expect(app.calls()).toBe(2);
  app.store.failure = null;
  await app.retry(ref, 1);
  await app.untilFact(ref, 'generated');
  expect(app.calls()).toBe(2);
});

test('a file that is too large for the marketplace is delivered after a retry with another store', async () => {
  await using app = await openStoring();
  const served = { ...app.artifacts };
  const folder = path.join(app.artifactsDir, 'hosted');
  Object.assign(app.artifacts, atelier({ folder, maxBytes: 4 }));
  const ref = await app.order();
  expect(await app.attention(ref)).toMatch(/has 9 bytes, and at most 4 are hosted\. Set PUBLIC_URL/);
  Object.assign(app.artifacts, served);
  await app.retry(ref);
  await app.untilFact(ref, 'generated');
  expect(app.calls()).toBe(1);
});

test('once the store has failed, the files that the handler saves in that try are stored with the rest', async () => {
  await using app = await openStoring();
  app.store.failure = new Error('the store is down');
  const urls: (string | null)[] = [];
  const ref = await app.order(async ({ artifacts }) => {
    const early = await artifacts.save({ body: 'early', contentType: 'text/plain' });
    const late = await artifacts.save({ body: 'late', contentType: 'text/plain' });
    urls.push(early.url, late.url);
    expect(app.store.adds).toBe(1);
    app.store.failure = null;
    return [early, late];
  });
  const { products } = await app.untilFact(ref, 'generated');
  expect(urls).toEqual([null, null]);
  const texts = await Promise.all(
    products.map(async ({ artifact }) => artifact && (await app.artifacts.read(artifact)).text()),
  );
  expect(texts).toEqual(['early', 'late']);
  expect(await app.stored()).toHaveLength(2);
});

test('a saved file that the store rejects is kept and stored by a retry, not regenerated', async () => {
  await using app = await openStoring();
  app.store.failure = new InvalidOutputError(
    'poster.svg is image/svg+xml, which the marketplace does not host',
  );
  const ref = await app.order(async ({ artifacts }) =>
    artifacts.save({ body: 'early', contentType: 'text/plain' }),
  );
  expect(await app.attention(ref)).toMatch(/rejects the output of handler "painter": poster.svg is image/);
  app.store.failure = null;
  await app.retry(ref);
  await app.untilFact(ref, 'generated');
  expect(app.calls()).toBe(1);
});

test('a saved file that the store lost is not delivered, and a retry regenerates the round', async () => {
  await using app = await openStoring();
  const saved: Awaited<ReturnType<GenerateContext['artifacts']['save']>>[] = [];
  const ref = await app.order(async ({ artifacts }) => {
    if (app.calls() > 2) return DONE;
    if (saved.length > 0) return saved;
    app.store.failure = new Error('the store is down');
    saved.push(await artifacts.save({ body: 'early', contentType: 'text/plain', fileName: 'early.txt' }));
    app.store.failure = null;
    // A worker with a folder of its own makes the next attempt.
    await rm(path.join(app.artifactsDir, '.made'), { recursive: true });
    throw new Error('the try failed');
  });
  await app.tryAgainNow(ref, GENERATE);
  expect(await app.attention(ref)).toMatch(
    /early\.txt was saved by an earlier try and is not in it, but in the ARTIFACTS_DIR of another/,
  );
  expect(await app.facts(ref, 'generated')).toEqual([]);
  expect(app.calls()).toBe(2);
  await app.retry(ref);
  await app.untilFact(ref, 'generated');
  expect(app.calls()).toBe(3);
});

test('a full disk delays the call of the handler until there is room', async () => {
  await using app = await openStoring();
  await mkdir(path.dirname(app.artifactsDir));
  await writeFile(app.artifactsDir, 'in the way');
  const ref = await app.order();
  expect(await app.untilFact(ref, 'held_up')).toMatchObject({
    reason: expect.stringMatching(
      /^ARTIFACTS_DIR of the generation worker takes no files: .*Make room there/,
    ),
  });
  const waiting = await app.job(ref, GENERATE);
  await until('the step to wait', () => waiting.isDelayed());
  expect((await app.job(ref, GENERATE)).delay).toBeGreaterThan(1000);
  await app.tryAgainNow(ref, GENERATE);
  expect(app.calls()).toBe(0);
  expect(await app.facts(ref, 'began')).toEqual([]);
  await rm(app.artifactsDir);
  // Nobody retries the step. The worker tries again within seconds.
  await app.untilFact(ref, 'generated');
  expect(await app.facts(ref, 'held_up')).toHaveLength(1);
  expect(await app.facts(ref, 'failed')).toEqual([]);
});

test('a worker that stores the output of another one still holds the round for the reason of the output', async () => {
  await using first = await openStoring();
  first.store.failure = new Error('the store is down');
  const review = 'the text repeats the instructions';
  const ref = await first.order(() => ({ ...DONE, review }));
  await first.untilFact(ref, 'kept');
  const { artifacts, artifactsDir } = first;
  await using second = await openGeneration({ beside: first, artifacts, artifactsDir });
  second.handlers.push(...first.handlers);
  await first.runtime.close();
  first.store.failure = null;
  await second.tryAgainNow(ref, GENERATE);
  expect(await second.untilFact(ref, 'generated')).toMatchObject({ review: true, reviewReason: review });
  expect(first.calls()).toBe(1);
  expect(await second.attention(ref)).toContain(review);
});

test('a disk that is full after the work goes to attention, and the work is not paid for twice', async () => {
  await using app = await openStoring();
  const ref = await app.order(async () => {
    const place = path.join(app.artifactsDir, '.made');
    await rm(place, { recursive: true });
    await writeFile(place, 'in the way');
    return DONE;
  });
  expect(await app.attention(ref)).toMatch(/^ARTIFACTS_DIR of the generation worker takes no files/);
  expect(app.calls()).toBe(1);
});

test('a round under review waits also if it was stored late', async () => {
  await using app = await openStoring();
  app.store.failure = new Error('the store is down');
  const ref = await app.order(() => DONE, { review: true });
  await until('storing to be tried', async () => app.store.adds > 0);
  app.store.failure = null;
  await app.tryAgainNow(ref, GENERATE);
  expect(await app.untilFact(ref, 'generated')).toMatchObject({ review: true });
});
