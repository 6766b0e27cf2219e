import { type Job, Queue, Worker } from 'bullmq';
import { afterAll, expect, test } from 'vitest';
import { openScratch } from '../test-support/scratch.ts';
import { idleTime } from './idle-time.ts';

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

const add = () => queue.add('generate', { agentId: 'agt_1' });
async function take(): Promise<Job> {
  const job = await worker.getNextJob('token');
  if (job === undefined) throw new Error('there is no job');
  return job;
}

test('a queue without a running job is idle since its last job ended', async () => {
  expect(await idleTime(queue)).toBe(Number.POSITIVE_INFINITY);
  await add();
  await add();
  const [first, second] = [await take(), await take()];
  await first.moveToWait('token');
  expect(await idleTime(queue)).toBe(0);
  await second.moveToCompleted(null, 'token', false);
  const idle = await idleTime(queue);
  expect(idle).toBeLessThan(MINUTE);
  await redis.zincrby(queue.toKey('completed'), -HOUR, second.id ?? '');
  await redis.hset(queue.toKey(second.id ?? ''), 'finishedOn', Date.now() - HOUR);
  expect(await idleTime(queue)).toBeGreaterThanOrEqual(HOUR);
  await (await take()).moveToFailed(new Error('no ink'), 'token', false);
  expect(await idleTime(queue)).toBeLessThan(MINUTE);
});
