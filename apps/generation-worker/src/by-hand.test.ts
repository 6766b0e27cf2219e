import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {
  type ArtifactStore,
  byHandFolder,
  InvalidOutputError,
  localDisk,
  PermanentError,
  removeStagedOrder,
  Staging,
  writeManifest,
} from '@fulfillment/artifacts';
import { afterAll, afterEach, expect, test } from 'vitest';
import { openGeneration } from './test-support/generation.ts';

const disk = localDisk({ folder: await mkdtemp(path.join(os.tmpdir(), 'by-hand-')) });
let failure: Error | null = null;
const artifacts: ArtifactStore = {
  ...disk,
  async add(...file) {
    if (failure !== null) throw failure;
    await disk.add(...file);
  },
};
const app = await openGeneration({ policy: { messages: { delayed: null } }, artifacts });
const { placeFor, poke, untilFact, facts, attention, artifactsDir } = app;
afterAll(() => app[Symbol.asyncDispose]());
afterAll(() => rm(disk.folder ?? '', { recursive: true, force: true }));
afterEach(() => {
  failure = null;
});

const BY_HAND = {
  type: 'operator_retried',
  stepKey: 'generate:0',
  attempt: 0,
  byHand: 'upload_0',
  by: 'ada',
} as const;

/** An order whose handler fails at its first call, and would succeed at the next. */
async function failedOrder(name: string) {
  let calls = 0;
  const ref = await placeFor({
    name,
    review: true,
    attempts: 1,
    generate: () => {
      calls += 1;
      if (calls === 1) throw new Error('no ink');
      return { body: 'by the handler', contentType: 'text/plain' };
    },
  });
  expect(await attention(ref)).toContain('no ink');
  return { ref, calls: () => calls };
}

/** Stages files by hand for an order. No fact names them yet. */
async function stageByHand({ orderId }: { orderId: string }, id: string, body: string): Promise<void> {
  const folder = byHandFolder(artifactsDir, orderId, id);
  const staging = new Staging({ folder, orderId, round: '0', secret: 's' });
  const { signal } = new AbortController();
  const artifact = await staging.add({ body, contentType: 'text/plain', signal });
  const products = [{ artifact, mediaType: 'text' as const }];
  await writeManifest(folder, { handler: 'by hand', attempt: 1, madeAt: 0, secret: 's', products });
}

test('files by hand are delivered without a call of the handler, and without its review', async () => {
  const { ref, calls } = await failedOrder('helpless');
  await stageByHand(ref, 'upload_0', 'by hand');
  await poke(ref, [BY_HAND]);
  const expected = { handler: 'helpless', byHand: 'ada', review: false };
  expect(await untilFact(ref, 'generated')).toMatchObject(expected);
  expect(calls()).toBe(1);
  expect((await app.runtime.store.load(ref))?.facts.filter(({ type }) => type === 'began')).toHaveLength(1);
  await expect.poll(() => existsSync(byHandFolder(artifactsDir, ref.orderId, 'upload_0'))).toBe(false);
});

test('files that no fact names are not delivered: a retry calls the handler', async () => {
  const { ref, calls } = await failedOrder('forgetful');
  await stageByHand(ref, 'upload_1', 'the wrong file');
  await poke(ref, [{ type: 'operator_retried', stepKey: 'generate:0', attempt: 0, by: 'ada' }]);
  expect(await untilFact(ref, 'generated')).toMatchObject({ handler: 'forgetful', review: true });
  expect(calls()).toBe(2);
});

test('a worker that lacks the files calls no handler, and asks', async () => {
  const { ref, calls } = await failedOrder('far-away');
  await poke(ref, [BY_HAND]);
  await expect.poll(() => attention(ref)).toContain('not in the ARTIFACTS_DIR of this worker');
  expect(calls()).toBe(1);
  await poke(ref, [{ type: 'operator_retried', stepKey: 'generate:0', attempt: 1, by: 'ada' }]);
  expect(await untilFact(ref, 'generated')).toMatchObject({ handler: 'far-away' });
  expect(await facts(ref, 'failed')).toHaveLength(2);
});

const RETRY = { type: 'operator_retried', stepKey: 'generate:0', attempt: 1, by: 'ada' } as const;

test('a retry after an outage of the store delivers the files by hand, and calls no handler', async () => {
  const { ref, calls } = await failedOrder('patient');
  await stageByHand(ref, 'upload_0', 'by hand');
  failure = new PermanentError('the store is closed');
  await poke(ref, [BY_HAND]);
  await expect.poll(() => attention(ref)).toContain('The output by hand of ada is kept');
  failure = null;
  await poke(ref, [RETRY]);
  expect(await untilFact(ref, 'generated')).toMatchObject({ handler: 'patient', byHand: 'ada' });
  expect(calls()).toBe(1);
  await expect.poll(() => existsSync(byHandFolder(artifactsDir, ref.orderId, 'upload_0'))).toBe(false);
});

test('a retry after a stop calls the handler, and delivers no files that were stopped', async () => {
  const { ref, calls } = await failedOrder('stopped');
  await stageByHand(ref, 'upload_0', 'the wrong file');
  failure = new PermanentError('the store is closed');
  await poke(ref, [BY_HAND]);
  await expect.poll(() => attention(ref)).toContain('The output by hand of ada is kept');
  failure = null;
  await poke(ref, [{ type: 'operator_stopped', stepKey: 'generate:0', attempt: 1, by: 'ada' }, RETRY]);
  expect(await untilFact(ref, 'generated')).toMatchObject({ handler: 'stopped', review: true });
  expect(await facts(ref, 'generated')).not.toMatchObject([{ byHand: 'ada' }]);
  expect(calls()).toBe(2);
});

test('files that the store rejects again leave the round to the handler', async () => {
  const { ref, calls } = await failedOrder('rejected');
  await stageByHand(ref, 'upload_0', 'by hand');
  failure = new InvalidOutputError('it is too large');
  await poke(ref, [BY_HAND]);
  await expect.poll(() => attention(ref)).toContain('rejects the output by hand of ada: it is too large');
  await poke(ref, [RETRY]);
  await expect.poll(calls).toBe(2);
  failure = null;
  await poke(ref, [{ ...RETRY, attempt: 2 }]);
  expect(await untilFact(ref, 'generated')).toMatchObject({ handler: 'rejected' });
  await expect.poll(() => existsSync(byHandFolder(artifactsDir, ref.orderId, 'upload_0'))).toBe(false);
});

test('files by hand take the place of a draft, without a call of the handler', async () => {
  let calls = 0;
  const ref = await placeFor({
    name: 'drafting',
    review: true,
    generate: () => {
      calls += 1;
      return { body: 'a draft', contentType: 'text/plain' };
    },
  });
  expect(await untilFact(ref, 'generated')).toMatchObject({ draft: 0, review: true });
  await stageByHand(ref, 'upload_0', 'by hand');
  await poke(ref, [
    {
      type: 'reviewed',
      round: '0',
      draft: 0,
      verdict: 'regenerate',
      note: '',
      message: null,
      byHand: 'upload_0',
      by: 'ada',
    },
  ]);
  await expect
    .poll(() => facts(ref, 'generated'))
    .toMatchObject([{ draft: 0 }, { draft: 1, byHand: 'ada', handler: 'drafting', review: false }]);
  expect(calls).toBe(1);
});

test('files by hand for a round that was held need no handler', async () => {
  const ref = await placeFor({ name: 'unused', generate: () => expect.unreachable() }, { brief: null });
  expect(await attention(ref)).toContain('no brief');
  await stageByHand(ref, 'upload_0', 'by hand');
  const release = { type: 'operator_released', round: '0', attentionKey: 'no_brief' } as const;
  await poke(ref, [{ ...release, byHand: 'upload_0', by: 'ada' }]);
  expect(await untilFact(ref, 'generated')).toMatchObject({ byHand: 'ada', handler: 'by hand' });
  expect(await facts(ref, 'began')).toEqual([]);
});

test('an order that is forgotten leaves no files by hand', async () => {
  const ref = { orderId: 'forgotten' };
  await stageByHand(ref, 'upload_0', 'by hand');
  await removeStagedOrder(artifactsDir, ref.orderId);
  expect(existsSync(path.dirname(byHandFolder(artifactsDir, ref.orderId, 'upload_0')))).toBe(false);
});
