import type { Fact } from '@fulfillment/shared';
import { afterAll, expect, test } from 'vitest';
import { newOrder, openRuntime } from '../test-support/index.ts';
import { owedCounter } from './owed.ts';

const app = await openRuntime();
const { queues, store } = app.runtime;
afterAll(() => app[Symbol.asyncDispose]());

const file = (fileName: string) => ({
  mediaType: 'image' as const,
  artifact: { path: `0/${fileName}`, fileName, contentType: 'image/png', bytes: 9 },
});

test('a delivery with files to upload also needs a call for each missing upload', async () => {
  expect(await owedCounter(queues, store)()).toEqual({ waiting: 0, generating: 0 });
  const [uploads, ready, making] = [newOrder(), newOrder(), newOrder()];
  const products = [file('a.png'), file('b.png'), file('c.png')];
  const made: Fact = { type: 'generated', round: '0', handler: 'painter', draft: 0, review: false, products };
  const up: Fact = { type: 'published', round: '0', index: 1, url: 'https://hosted.example/b.png' };
  await store.append(uploads, [made, up]);
  const step = { round: '0', attempt: 0 };
  await queues.ensure(uploads, { name: 'publish', ...step }, Date.now());
  await queues.ensure(ready, { name: 'deliver', ...step }, Date.now());
  await queues.ensure(making, { name: 'generate', ...step }, Date.now());
  expect(await owedCounter(queues, store)()).toEqual({ waiting: 4, generating: 1 });
});
