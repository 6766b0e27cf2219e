import { CANARY } from '@fulfillment/shared';
import { afterAll, expect, test } from 'vitest';
import { openRuntime, until } from '../test-support/index.ts';
import { keepCanary } from './canary.ts';

const app = await openRuntime();
const { runtime, lines } = app;
const { log } = runtime;
afterAll(() => app[Symbol.asyncDispose]());

const idle = { idleFor: () => 1000 };
const often = { lookMs: 20, idleMs: 100 };

test('an idle queue gets canaries repeatedly, which its worker takes silently', async () => {
  const queue = runtime.queues.get('messages');
  let added = 0;
  const original = queue.add.bind(queue);
  queue.add = async (...args) => {
    added += 1;
    return original(...args);
  };
  const worker = runtime.startWorker({
    queue: 'messages',
    concurrency: 1,
    processors: { send: async () => undefined },
    giveUp: async () => undefined,
  });
  const canary = keepCanary(queue, idle, { log, times: often });
  await until('three canaries', () => added >= 3);
  await until('the last one to arrive', async () => (await queue.getJob(CANARY)) === undefined);
  canary.stop();
  expect(worker.silentFor()).toBeLessThan(30_000);
  expect(lines.filter(({ msg }) => msg === 'job cannot be read')).toEqual([]);
});

test('one that nobody takes is logged, once, unless the queue was paused on purpose', async () => {
  const queue = runtime.queues.get('delivery');
  const canary = keepCanary(queue, idle, { log, times: often });
  await until('its wait', () => canary.waitsFor() > 100);
  expect(await queue.getJobCountByTypes('wait')).toBe(1);
  await queue.pause();
  await until('no wait', () => canary.waitsFor() === 0);
  canary.stop();
});

test('a worker that is busy or paused gets no canary', async () => {
  const queue = runtime.queues.get('generation');
  let looks = 0;
  const busy = {
    idleFor: () => {
      looks += 1;
      return 0;
    },
  };
  const canary = keepCanary(queue, busy, { log, times: often });
  await until('some looks', () => looks > 3);
  expect(canary.waitsFor()).toBe(0);
  canary.stop();
  expect(await queue.getJob(CANARY)).toBeUndefined();
});
