import { jobFor, type Step } from '@fulfillment/shared';
import { afterAll, afterEach, expect, test } from 'vitest';
import { paused, transient } from '../telemetry/failures.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { newOrder, openScratch, until } from '../test-support/scratch.ts';
import { wake } from './held-jobs.ts';
import { longestWaits } from './longest-waits.ts';
import { Queues } from './queues.ts';
import { WorkPauses } from './work-pauses.ts';
import { type RunningWorker, startWorker } from './worker.ts';

const scratch = await openScratch();
const { redis, keys, log } = scratch;
const queues = new Queues(redis, keys.bull, log);
const workPauses = new WorkPauses(redis, keys);
const queue = queues.get('generation');
const workers: RunningWorker[] = [];
afterEach(async () => {
  await Promise.all(workers.splice(0).map((worker) => worker.stop(1000)));
  await queue.obliterate({ force: true });
});
afterAll(async () => {
  await queues.close();
  await scratch[Symbol.asyncDispose]();
});

const PAUSE = 'handler:paint';
const AN_HOUR = 3_600_000;

/**
 * Starts a worker whose step reads the pause. `afterRead` runs when it has found one, before the
 * job is put back.
 */
function start(afterRead: (reads: number) => Promise<unknown>) {
  const done: string[] = [];
  let reads = 0;
  const generate = async ({ orderId }: { orderId: string }) => {
    if (await workPauses.isPaused(PAUSE)) {
      reads += 1;
      await afterRead(reads);
      throw paused('paint is paused by ada', Date.now() + AN_HOUR, PAUSE);
    }
    done.push(orderId);
  };
  run(generate);
  return done;
}

/** Starts a worker with this step. */
function run(generate: (payload: { orderId: string }) => Promise<void>): void {
  workers.push(
    startWorker({
      queue: 'generation',
      processors: { price: async () => undefined, generate },
      giveUp: async () => undefined,
      connection: redis,
      prefix: keys.bull,
      workPauses,
      concurrency: 1,
      log,
      metrics: createMetrics('test'),
    }),
  );
}

async function add(attempts = 1): Promise<string> {
  const ref = newOrder();
  const step: Step = { name: 'generate', round: '0', attempt: 0 };
  const { name, payload, jobId } = jobFor(ref, step);
  await queue.add(name, payload, { jobId, attempts, backoff: { type: 'custom', delay: 1 } });
  return ref.orderId;
}

async function resume(): Promise<number> {
  await workPauses.resume('handler', 'paint');
  return queues.wakeHeld(PAUSE);
}

test('a resume between reading the pause and putting the job back is not missed', async () => {
  const found: number[] = [];
  await workPauses.pause('handler', 'paint', 'ada');
  const done = start(async () => found.push(await resume()));
  const orderId = await add();
  await until('the job to run', async () => done.length === 1);
  expect(done).toEqual([orderId]);
  expect(found).toEqual([0]);
});

test('nor is it missed when the same pause has held the job before', async () => {
  await workPauses.pause('handler', 'paint', 'ada');
  const done = start(async (reads) => {
    if (reads === 2) await resume();
  });
  const orderId = await add();
  await until('the job to be held', async () => (await queue.getDelayedCount()) === 1);
  // A person may promote a held job on the queues' page.
  const [job] = await queue.getDelayed();
  await job?.promote();
  await until('the job to run', async () => done.length === 1);
  expect(done).toEqual([orderId]);
});

test('a resume wakes every held job, however many jobs are delayed', async () => {
  const held = Array.from({ length: 1300 }, (_, index) => ({
    name: 'generate',
    data: { pause: PAUSE },
    opts: { delay: AN_HOUR + index },
  }));
  const others = Array.from({ length: 700 }, (_, index) => ({
    name: 'generate',
    data: {},
    opts: { delay: AN_HOUR / 2 + index },
  }));
  await queue.addBulk([...held, ...others]);
  expect(await queues.wakeHeld(PAUSE)).toBe(1300);
  expect(await queue.getDelayedCount()).toBe(700);
});

test('a held job that was removed meanwhile holds up no other job', async () => {
  await queue.addBulk(
    [1, 2].map((index) => ({
      name: 'generate',
      data: { pause: PAUSE },
      opts: { jobId: `held-${index}`, delay: AN_HOUR },
    })),
  );
  const [removed, other] = await Promise.all([queue.getJob('held-1'), queue.getJob('held-2')]);
  if (removed === undefined || other === undefined) throw new Error('the jobs are not there');
  await removed.remove();
  await wake(removed);
  await wake(other);
  expect(await other.getState()).toBe('waiting');
});

test('a job that failed after a pause is not held, and a job that was woken has not waited', async () => {
  await workPauses.pause('handler', 'paint', 'ada');
  const generate = async () => {
    if (await workPauses.isPaused(PAUSE)) throw paused('paused', Date.now() + AN_HOUR, PAUSE);
    throw transient('the model is busy');
  };
  run(generate);
  const orderId = await add(2);
  await until('the job to be held', async () => (await queues.countHeld()).get(PAUSE) === 1);
  const [job] = await queue.getDelayed();
  // The pause lasts for a week.
  await redis.hset(queue.toKey(job?.id ?? ''), 'timestamp', Date.now() - 7 * 24 * AN_HOUR);
  await Promise.all(workers.splice(0).map((worker) => worker.stop(1000)));
  await resume();
  expect(await longestWaits(queue)).toEqual([expect.objectContaining({ ms: expect.any(Number) })]);
  expect((await longestWaits(queue))[0]?.ms).toBeLessThan(AN_HOUR);
  run(generate);
  await until('its failure', async () => (await queue.getJob(job?.id ?? ''))?.attemptsMade === 1);
  await until('its wait', async () => (await queue.getDelayedCount()) === 1);
  expect(await queues.countHeld()).toEqual(new Map());
  expect(orderId).toBe(job?.data.orderId);
});
