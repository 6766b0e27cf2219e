import type { Fact } from '@fulfillment/shared';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { newOrder, openRuntime } from '../test-support/index.ts';
import { owedCounter } from './owed.ts';

const app = await openRuntime();
const { queues, store, workPauses } = app.runtime;
const WINDOW_MS = 3_600_000;
const count = () => owedCounter({ queues, store, workPauses, windowMs: WINDOW_MS })();
afterAll(() => app[Symbol.asyncDispose]());

beforeEach(async () => {
  for (const queue of queues.all()) await queue.obliterate({ force: true });
});

const file = (fileName: string) => ({
  mediaType: 'image' as const,
  artifact: { path: `0/${fileName}`, fileName, contentType: 'image/png', bytes: 9 },
});

test('a delivery with files to upload also needs a call for each missing upload', async () => {
  expect(await count()).toEqual({ waiting: 0, generating: 0 });
  const [uploads, ready, making] = [newOrder(), newOrder(), newOrder()];
  const products = [file('a.png'), file('b.png'), file('c.png')];
  const made: Fact = { type: 'generated', round: '0', handler: 'painter', draft: 0, review: false, products };
  const up: Fact = { type: 'published', round: '0', index: 1, url: 'https://hosted.example/b.png' };
  await store.append(uploads, [made, up]);
  const step = { round: '0', attempt: 0 };
  await queues.ensure(uploads, { name: 'publish', ...step }, Date.now());
  await queues.ensure(ready, { name: 'deliver', ...step }, Date.now());
  await queues.ensure(making, { name: 'generate', ...step }, Date.now());
  expect(await count()).toEqual({ waiting: 4, generating: 1 });
});

test('a generation that a pause holds, or that begins after the window, owes no call', async () => {
  const generation = queues.get('generation');
  const delayed = (pause: string | null, delay: number) => ({
    name: 'generate',
    data: { ...newOrder(), pause },
    opts: { delay },
  });
  await generation.addBulk([
    ...Array.from({ length: 30 }, () => delayed('handler:paint', 600_000)),
    delayed(null, 60_000),
    delayed(null, 2 * WINDOW_MS),
  ]);
  await queues.ensure(newOrder(), { name: 'generate', round: '0', attempt: 0 }, Date.now());
  await workPauses.pause('handler', 'paint', 'ada');
  expect(await count()).toEqual({ waiting: 0, generating: 2 });
});
