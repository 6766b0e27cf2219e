import { Staging, stagingFolder, writeManifest } from '@fulfillment/artifacts';
import { afterAll, expect, test } from 'vitest';
import { openGeneration } from './test-support/generation.ts';

const app = await openGeneration({ policy: { messages: { delayed: null } } });
const { placeFor, poke, untilFact, facts, attention, artifactsDir } = app;
afterAll(() => app[Symbol.asyncDispose]());

const BY_HAND = {
  type: 'operator_retried',
  stepKey: 'generate:0',
  attempt: 0,
  byHand: true,
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

test('files by hand are delivered without a call of the handler, and without its review', async () => {
  const { ref, calls } = await failedOrder('helpless');
  const folder = stagingFolder(artifactsDir, { orderId: ref.orderId, round: '0', draft: 0 });
  const staging = new Staging({ folder, orderId: ref.orderId, round: '0', secret: 's' });
  const artifact = await staging.add({
    body: 'by hand',
    contentType: 'text/plain',
    signal: new AbortController().signal,
  });
  const products = [{ artifact, mediaType: 'text' as const }];
  await writeManifest(folder, { handler: 'ada by hand', attempt: 1, madeAt: 0, secret: 's', products });
  await poke(ref, [BY_HAND]);
  expect(await untilFact(ref, 'generated')).toMatchObject({ handler: 'ada by hand', review: false });
  expect(calls()).toBe(1);
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
