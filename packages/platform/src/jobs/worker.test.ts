import { jobFor, type OrderRef, type Step } from '@fulfillment/shared';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import {
  permanent,
  refused,
  StepError,
  throttled,
  transient,
  waitingFor,
  waitingForStore,
} from '../telemetry/failures.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { gate, newOrder, openScratch, until } from '../test-support/scratch.ts';
import { waitReasonOf } from './job-history.ts';
import { Queues } from './queues.ts';
import { type JobContext, type RunningWorker, startWorker } from './worker.ts';

const scratch = await openScratch();
const { redis, keys, log, lines } = scratch;
const queues = new Queues(redis, keys.bull, log);
const queue = queues.get('generation');
const generate: Step = { name: 'generate', round: '0', attempt: 0 };
const metrics = createMetrics('test');
const workers: RunningWorker[] = [];

afterEach(async () => {
  await Promise.all(workers.splice(0).map((worker) => worker.stop(1000)));
  await queue.obliterate({ force: true });
});
afterAll(async () => {
  await queues.close();
  await scratch[Symbol.asyncDispose]();
});

type Work = (context: JobContext, orderId: string) => Promise<void>;

/** Starts a worker. The test can read why jobs were given up. */
function start(work: Work, setup: { concurrency?: number; lockMs?: number } = {}) {
  const givenUp: string[] = [];
  const worker = startWorker({
    queue: 'generation',
    processors: { price: async () => undefined, generate: ({ orderId }, context) => work(context, orderId) },
    giveUp: async (_name, { orderId }, reason) => void givenUp.push(`${orderId}: ${reason}`),
    connection: redis,
    prefix: keys.bull,
    concurrency: 1,
    log,
    metrics,
    ...setup,
  });
  workers.push(worker);
  return { worker, givenUp };
}

async function add(options: { attempts?: number } = {}): Promise<OrderRef> {
  const ref = newOrder();
  const { name, payload, jobId } = jobFor(ref, generate);
  const backoff = { type: 'custom', delay: 1 };
  await queue.add(name, payload, {
    jobId,
    ...(options.attempts === undefined ? {} : { ...options, backoff }),
  });
  return ref;
}

const jobOf = async (ref: OrderRef) => {
  const job = await queue.getJob(jobFor(ref, generate).jobId);
  if (job === undefined) throw new Error('no such job');
  return job;
};
const stateOf = async (ref: OrderRef) => (await jobOf(ref)).getState();
const becomes = (ref: OrderRef, state: string) =>
  until(`job ${state}`, async () => (await stateOf(ref)) === state);

describe('a job that cannot be read', () => {
  test('because its name is unknown fails at once, with a clear text', async () => {
    start(async () => undefined);
    const job = await queue.add('paint', {}, { attempts: 5 });
    await until('its failure', async () => (await job.getState()) === 'failed');
    const failed = await queue.getJob(job.id ?? '');
    expect(failed?.failedReason).toBe('The job cannot be read: no job of queue generation has this name');
    expect(failed?.attemptsMade).toBe(1);
  });

  test('because its payload is wrong names the field', async () => {
    start(async () => undefined);
    const job = await queue.add('generate', { agentId: 'a', orderId: 'b/c', round: '0', attempt: 0 });
    await until('its failure', async () => (await job.getState()) === 'failed');
    expect((await queue.getJob(job.id ?? ''))?.failedReason).toMatch(/an id of letters.*\n.*orderId/);
  });
});

describe('a step that', () => {
  test('succeeds completes its job', async () => {
    const { givenUp } = start(async (context) => context.progress({ text: 'half' }));
    const ref = await add();
    await becomes(ref, 'completed');
    expect((await jobOf(ref)).progress).toEqual({ text: 'half' });
    expect(givenUp).toEqual([]);
  });

  test('is void ends silently', async () => {
    const { givenUp } = start(async () => {
      throw new StepError({ kind: 'void', reason: 'the order was cancelled' });
    });
    const ref = await add();
    await becomes(ref, 'completed');
    expect(givenUp).toEqual([]);
  });

  test('is throttled waits without using a try, and runs again', async () => {
    const tries: number[] = [];
    const { givenUp } = start(async ({ tryNumber }) => {
      tries.push(tryNumber);
      if (tries.length < 3) throw throttled('a 429', Date.now() + 1);
    });
    const ref = await add({ attempts: 1 });
    await becomes(ref, 'completed');
    expect(tries).toEqual([1, 1, 1]);
    expect((await jobOf(ref)).attemptsMade).toBe(1);
    expect(givenUp).toEqual([]);
  });

  test('is put back keeps the reason of its last try', async () => {
    const reasons = [
      () => throttled('the budget is used up', Date.now() + 3_600_000),
      () => transient('no ink'),
    ];
    start(async () => {
      throw reasons.shift()?.();
    });
    const ref = await add({ attempts: 3 });
    const keeps = (reason: string) =>
      until(
        reason,
        async () => (await stateOf(ref)) === 'delayed' && waitReasonOf(await jobOf(ref)) === reason,
      );
    await keeps('the budget is used up');
    await (await jobOf(ref)).promote();
    await keeps('no ink');
  });

  test('waits for a lock for a day fails for good', async () => {
    const { givenUp } = start(async (_context, orderId) => {
      if (givenUp.length === 0) throw waitingFor(`a lock of ${orderId}`, Date.now() + 60_000);
    });
    const ref = await add();
    await becomes(ref, 'delayed');
    const job = await jobOf(ref);
    expect(job.data.waitingSince).toBeGreaterThan(Date.now() - 60_000);
    await job.updateData({ ...job.data, waitingSince: Date.now() - 24 * 3600_000 });
    await job.promote();
    await becomes(ref, 'failed');
    expect(givenUp).toEqual([`${ref.orderId}: waited for over a day: a lock of ${ref.orderId}`]);
  });

  test('waited for a lock for long, and is tried again, begins a new wait', async () => {
    const { givenUp } = start(async ({ tryNumber }) => {
      throw tryNumber === 1 ? transient('an outage') : waitingFor('a lock', Date.now() + 60_000);
    });
    const ref = newOrder();
    const { name, payload, jobId } = jobFor(ref, generate);
    const waitingSince = Date.now() - 24 * 3600_000;
    await queue.add(name, { ...payload, waitingSince }, { jobId, backoff: { type: 'custom', delay: 1 } });
    await until('the first try', async () => (await jobOf(ref)).attemptsMade === 1);
    await (await jobOf(ref)).promote();
    await until('its wait', async () => ((await jobOf(ref)).data.waitingSince ?? 0) > waitingSince);
    expect(givenUp).toEqual([]);
  });

  test.each([
    ['for a lock', waitingFor, { waitingSince: true }],
    ['for a store', waitingForStore, { storeFailingSince: true }],
  ])('waits %s fails for good only by the time of that wait', async (_, waits, cause) => {
    const { givenUp } = start(async () => {
      throw waits('not yet', Date.now() + 60_000);
    });
    const longAgo = Date.now() - 25 * 3600_000;
    for (const [of, isOver] of [
      [{ waitingSince: longAgo }, 'waitingSince' in cause],
      [{ storeFailingSince: longAgo }, 'storeFailingSince' in cause],
    ] as const) {
      const ref = newOrder();
      const { name, payload, jobId } = jobFor(ref, generate);
      await queue.add(name, { ...payload, ...of }, { jobId });
      await becomes(ref, isOver ? 'failed' : 'delayed');
    }
    expect(givenUp).toHaveLength(1);
  });

  test('that waits for a lock does not use up its patience with the store, but the reverse holds', async () => {
    let isLocked = true;
    start(async () => {
      throw isLocked ? waitingFor('a lock', Date.now()) : waitingForStore('a store', Date.now() + 60_000);
    });
    const ref = newOrder();
    const { name, payload, jobId } = jobFor(ref, generate);
    const earlier = Date.now() - 5000;
    await queue.add(name, { ...payload, storeFailingSince: earlier }, { jobId });
    await until('the wait for the lock', async () => (await jobOf(ref)).data.waitingSince);
    expect((await jobOf(ref)).data).toMatchObject({ storeFailingSince: earlier });
    isLocked = false;
    await until('the wait for the store', async () => (await jobOf(ref)).data.waitingSince === null);
    expect((await jobOf(ref)).data).toMatchObject({ storeFailingSince: earlier });
  });

  test('has waited long for a lock checks less often', async () => {
    start(async () => {
      throw waitingFor('a lock', Date.now());
    });
    const ref = newOrder();
    const { name, payload, jobId } = jobFor(ref, generate);
    await queue.add(name, { ...payload, waitingSince: Date.now() - 300_000 }, { jobId });
    await becomes(ref, 'delayed');
    expect((await jobOf(ref)).delay).toBeGreaterThan(25_000);
  });

  test('is held until a named time runs again then, however long it has waited', async () => {
    const times: number[] = [];
    const { givenUp } = start(async () => {
      times.push(Date.now());
      if (times.length < 2) throw throttled('deliveries need the budget', Date.now() + 500);
    });
    const ref = newOrder();
    const { name, payload, jobId } = jobFor(ref, generate);
    const longAgo = Date.now() - 25 * 3600_000;
    await queue.add(name, { ...payload, waitingSince: longAgo, heldSince: longAgo }, { jobId });
    await becomes(ref, 'completed');
    const [first = 0, second = 0] = times;
    expect(second - first).toBeLessThan(3000);
    expect((await jobOf(ref)).data).toMatchObject({ waitingSince: null, heldSince: longAgo });
    expect(givenUp).toEqual([]);
  });

  test('was started often does not fail for good after one rejection', async () => {
    let tries = 0;
    const { givenUp } = start(async () => {
      tries += 1;
      if (tries === 1) throw refused('a 429', Date.now());
    });
    const ref = newOrder();
    const { name, payload, jobId } = jobFor(ref, generate);
    await queue.add(name, payload, { jobId, delay: 600_000 });
    const job = await jobOf(ref);
    await redis.hset(queue.toKey(job.id ?? ''), 'ats', 600);
    await job.promote();
    await becomes(ref, 'completed');
    expect(givenUp).toEqual([]);
  });

  test.each([
    ['refused', refused, { refusedSince: Date.now() - 7 * 24 * 3600_000 }, 'refused'],
    ['held until times that were named', throttled, { heldSince: Date.now() - 7 * 24 * 3600_000 }, 'held'],
  ])('is %s for a week fails for good', async (_, error, since, told) => {
    const { givenUp } = start(async () => {
      throw error('a 429', Date.now());
    });
    const ref = newOrder();
    const { name, payload, jobId } = jobFor(ref, generate);
    await queue.add(name, { ...payload, ...since }, { jobId });
    await becomes(ref, 'failed');
    expect(givenUp).toEqual([`${ref.orderId}: ${told} for over a week: a 429`]);
  });

  test('is rate-limited a thousand times within a day does not fail for good', async () => {
    let refusals = 0;
    const { givenUp } = start(async () => {
      refusals += 1;
      if (refusals <= 1000) throw refused('a 429', Date.now());
    });
    const ref = newOrder();
    const { name, payload, jobId } = jobFor(ref, generate);
    await queue.add(name, { ...payload, refusedSince: Date.now() - 24 * 3600_000 }, { jobId });
    await becomes(ref, 'completed');
    expect(givenUp).toEqual([]);
  }, 30_000);

  test('has an outcome that stays unknown fails for good after some tries, whatever tries are left', async () => {
    const { givenUp } = start(async () => {
      throw new StepError({ kind: 'unknown', reason: 'the connection broke' });
    });
    const ref = newOrder();
    const { name, payload, jobId } = jobFor(ref, generate);
    await queue.add(name, { ...payload, unknowns: 18 }, { jobId, attempts: 300 });
    await until('one more', async () => (await jobOf(ref)).data.unknowns === 19);
    await becomes(ref, 'delayed');
    await (await jobOf(ref)).promote();
    await becomes(ref, 'failed');
    expect(givenUp).toEqual([
      `${ref.orderId}: the outcome of 20 tries is unknown. The last: the connection broke`,
    ]);
  });

  test('is rate-limited goes back without using a try, and its worker pauses until the limit ends', async () => {
    const seen: string[] = [];
    const end = Date.now() + 60_000;
    const { worker, givenUp } = start(async (_context, orderId) => {
      seen.push(orderId);
      throw refused('a 429', end);
    });
    const first = await add({ attempts: 1 });
    await until('the pause', () => lines.some((line) => /worker pauses/.test(String(line.msg))));
    await becomes(first, 'waiting');
    expect(worker.isRunning()).toBe(true);
    expect(worker.silentFor()).toBe(0);

    // A worker behind another address, which is not refused, takes the job over.
    const elsewhere = start(async () => undefined);
    await becomes(first, 'completed');
    expect((await jobOf(first)).attemptsMade).toBe(1);
    expect(seen).toEqual([first.orderId]);
    expect([...givenUp, ...elsewhere.givenUp]).toEqual([]);
  });

  test('was rate-limited runs again in the same worker after the limit ended', async () => {
    let tries = 0;
    start(async () => {
      tries += 1;
      if (tries === 1) throw refused('a 429', Date.now() + 300);
    });
    const ref = await add({ attempts: 1 });
    await becomes(ref, 'completed');
    expect(tries).toBe(2);
  });

  test('fails for good is reported once, and not retried', async () => {
    let tries = 0;
    const { givenUp } = start(async () => {
      tries += 1;
      throw permanent('the key is wrong');
    });
    const ref = await add({ attempts: 5 });
    await becomes(ref, 'failed');
    expect(tries).toBe(1);
    expect(givenUp).toEqual([`${ref.orderId}: the key is wrong`]);
  });

  test('fails is retried, and reported after the last try only', async () => {
    const tries: number[] = [];
    const { givenUp } = start(async ({ tryNumber }) => {
      tries.push(tryNumber);
      expect(givenUp).toEqual([]);
      throw transient(`failure ${tryNumber}`);
    });
    const ref = await add({ attempts: 3 });
    for (const made of [1, 2]) {
      await until('a delay', async () => (await jobOf(ref)).attemptsMade >= made);
      await until('its next try', async () => {
        if ((await stateOf(ref)) === 'delayed') await (await jobOf(ref)).promote().catch(() => undefined);
        return tries.length > made;
      });
    }
    await becomes(ref, 'failed');
    expect(tries).toEqual([1, 2, 3]);
    expect(givenUp).toEqual([`${ref.orderId}: failure 3`]);
  });

  test('cannot be reported as failed now is reported later, not lost', async () => {
    let asked = 0;
    const worker = startWorker({
      queue: 'generation',
      processors: {
        price: async () => undefined,
        generate: async () => {
          throw permanent('it broke');
        },
      },
      giveUp: async () => {
        asked += 1;
        if (asked === 1) throw new Error('Redis hiccup');
      },
      connection: redis,
      prefix: keys.bull,
      concurrency: 1,
      log,
      metrics,
    });
    workers.push(worker);
    const ref = await add({ attempts: 2 });
    await until('the first end', async () => (await jobOf(ref)).attemptsMade === 1);
    await (await jobOf(ref)).promote();
    await becomes(ref, 'failed');
    expect(asked).toBe(2);
  });
});

describe('stopping', () => {
  test('waits for the running job, and takes no other job', async () => {
    const [entered, leave] = [gate(), gate()];
    const { worker } = start(async () => {
      entered.open();
      await leave.opened;
    });
    const first = await add();
    await entered.opened;
    const second = await add();
    const stopped = worker.stop(5000);
    expect(worker.isRunning()).toBe(true);
    leave.open();
    await stopped;
    expect(worker.isRunning()).toBe(false);
    expect(await stateOf(first)).toBe('completed');
    expect(await stateOf(second)).toBe('waiting');
  });

  test('aborts the running job after the grace period and returns it, without using a try', async () => {
    const entered = gate();
    const { worker, givenUp } = start(async ({ signal }) => {
      entered.open();
      await new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason));
      });
    });
    const ref = await add({ attempts: 1 });
    await entered.opened;
    await worker.stop(0);
    expect(await stateOf(ref)).toBe('waiting');
    expect((await jobOf(ref)).attemptsMade).toBe(0);
    expect(givenUp).toEqual([]);
    start(async () => undefined);
    await becomes(ref, 'completed');
  });

  test('does not wait without limit for a job that ignores its signal', async () => {
    const [entered, leave] = [gate(), gate()];
    const { worker } = start(async () => {
      entered.open();
      await leave.opened;
    });
    const ref = await add();
    await entered.opened;
    const begun = performance.now();
    await worker.stop(0);
    expect(performance.now() - begun).toBeLessThan(4000);
    expect(await stateOf(ref)).toBe('active');
    expect(lines).toContainEqual(expect.objectContaining({ msg: expect.stringContaining('did not end') }));
    leave.open();
    await becomes(ref, 'completed');
  });
});

test('a worker that lost the lock of its job learns of it, and leaves the job to the other one', async () => {
  const [entered, ended] = [gate(), gate()];
  const { givenUp } = start(
    async ({ signal }) => {
      entered.open();
      await new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(permanent('interrupted')));
      }).finally(ended.open);
    },
    { lockMs: 300 },
  );
  const ref = await add({ attempts: 1 });
  await entered.opened;
  await redis.set(`${queue.toKey((await jobOf(ref)).id ?? '')}:lock`, 'another worker');
  await ended.opened;
  await until('the log', () => lines.some((line) => String(line.msg).includes('left to the worker')));
  expect(givenUp).toEqual([]);
  expect(await stateOf(ref)).toBe('active');
});

test('the log lines about a step name the order, round and try', async () => {
  start(async () => {
    throw permanent('the brush broke');
  });
  const ref = await add();
  await becomes(ref, 'failed');
  const about = { ...ref, queue: 'generation', job: 'generate', round: '0', reason: 'the brush broke' };
  expect(lines).toContainEqual(expect.objectContaining({ ...about, msg: 'step failed for good' }));
});
