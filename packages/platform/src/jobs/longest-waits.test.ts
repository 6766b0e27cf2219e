import { type Job, Queue, Worker } from 'bullmq';
import { afterAll, expect, test } from 'vitest';
import { openScratch } from '../test-support/scratch.ts';
import { longestWaits } from './longest-waits.ts';

const HOUR = 3_600_000;
const MINUTE = 60_000;
const scratch = await openScratch();
const { redis, keys } = scratch;
const queue = new Queue('generation', { connection: redis, prefix: keys.bull });
const worker = new Worker('generation', null, {
  connection: redis.duplicate({ maxRetriesPerRequest: null }),
  prefix: keys.bull,
  autorun: false,
});
afterAll(async () => {
  await worker.close();
  await queue.close();
  await scratch[Symbol.asyncDispose]();
});

const add = (ageMs: number) =>
  queue.add('generate', { agentId: 'agt_1' }, { timestamp: Date.now() - ageMs, removeOnComplete: false });
const waits = async () => (await longestWaits(queue)).map(({ ms }) => ms);
async function take(): Promise<Job> {
  const job = await worker.getNextJob('token');
  if (job === undefined) throw new Error('there is no job');
  return job;
}

test('a job waits since it was added, and since its last try if a worker put it back', async () => {
  await add(2 * HOUR);
  expect((await waits())[0]).toBeGreaterThanOrEqual(2 * HOUR);
  const job = await take();
  expect(await waits()).toEqual([]);
  await job.moveToWait('token');
  expect((await waits())[0]).toBeLessThan(MINUTE);
});
