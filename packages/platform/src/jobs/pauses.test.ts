import { jobFor, type Step } from '@fulfillment/shared';
import { afterAll, expect, test } from 'vitest';
import { newOrder, openScratch } from '../test-support/scratch.ts';
import { Pauses } from './pauses.ts';
import { Queues } from './queues.ts';

const scratch = await openScratch();
const { redis, keys, log } = scratch;
const queues = new Queues(redis, keys.bull, log);
const pauses = new Pauses(redis, keys, queues);
afterAll(async () => {
  await queues.close();
  await scratch[Symbol.asyncDispose]();
});

const GENERATE: Step = { name: 'generate', round: '0', attempt: 0 };

test('a pause says who paused the queue and since when, until somebody resumes it', async () => {
  expect(await pauses.read()).toEqual([]);
  const before = Date.now();
  await pauses.pause('generation', 'ann');
  await pauses.pause('generation', 'bob');
  const [pause, ...others] = await pauses.read();
  expect(others).toEqual([]);
  expect(pause).toMatchObject({ queue: 'generation', by: 'ann' });
  expect(pause?.since).toBeGreaterThan(before - 5000);
  await pauses.resume('generation');
  expect(await pauses.read()).toEqual([]);
  expect(await queues.get('generation').isPaused()).toBe(false);
});

test('a queue that another program paused is shown, too, without a name', async () => {
  await queues.get('delivery').pause();
  expect(await pauses.read()).toEqual([{ queue: 'delivery', by: null, since: null }]);
  await redis.hset(keys.pauses, 'delivery', 'damaged');
  expect(await pauses.read()).toEqual([{ queue: 'delivery', by: null, since: null }]);
  await pauses.resume('delivery');
});

test('a pause by another program does not show the name of an earlier pause', async () => {
  await pauses.pause('messages', 'ann');
  await queues.get('messages').resume();
  expect(await pauses.read()).toEqual([]);
  await queues.get('messages').pause();
  expect(await pauses.read()).toEqual([{ queue: 'messages', by: null, since: null }]);
  await pauses.resume('messages');
});

test('a pause keeps its note while others read the pauses', async () => {
  for (let time = 0; time < 20; time += 1) {
    const reads = Array.from({ length: 5 }, () => pauses.read());
    await pauses.pause('delivery', 'ann');
    await Promise.all(reads);
    expect(await pauses.read()).toMatchObject([{ queue: 'delivery', by: 'ann' }]);
    await queues.get('delivery').resume();
  }
  await pauses.resume('delivery');
});

test('a pause holds up the orders whose job or poke waits in the queue, and no others', async () => {
  const [working, idle] = [newOrder(), newOrder()];
  await queues.ensure(working, GENERATE, Date.now());
  const jobs = [jobFor(working, GENERATE)];
  await pauses.pause('generation', 'ann');
  await pauses.pause('orders', 'ann');
  const all = await pauses.read();
  const held = async (ref = working, of = jobs) =>
    (await pauses.holdingUp(all, ref, of)).map(({ queue }) => queue);

  expect(await held()).toEqual(['generation']);
  expect(await held(idle, [])).toEqual([]);
  await queues.poke(working, 'operator');
  expect(await held()).toEqual(['orders', 'generation']);
  await queues.get('generation').remove(jobs[0]?.jobId ?? '');
  expect(await held()).toEqual(['orders']);
});
