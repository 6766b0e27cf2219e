import { jobFor, type OrderRef, type Step } from '@fulfillment/shared';
import { afterAll, describe, expect, test } from 'vitest';
import { openRedis, untilReady } from '../redis/connection/connection.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { gate, newOrder, openScratch, redisUrl, until } from '../test-support/scratch.ts';
import { Queues } from './queues.ts';
import { type RunningWorker, startWorker } from './worker.ts';

const scratch = await openScratch();
const { redis, keys, log } = scratch;
const queues = new Queues(redis, keys.bull, log);
const metrics = createMetrics('test');
const workers: RunningWorker[] = [];
afterAll(async () => {
  await Promise.all(workers.map((worker) => worker.stop(1000)));
  await queues.close();
  await scratch[Symbol.asyncDispose]();
});

const generate: Step = { name: 'generate', round: '0', attempt: 0 };
const DUE = Date.now() + 3600_000;
const stateOf = (ref: OrderRef, step = generate) =>
  queues.get('generation').getJobState(jobFor(ref, step).jobId);

describe('pokes', () => {
  /** How often each order was reconciled. Each run awaits `during`. */
  const ran = new Map<string, number>();
  const during = new Map<string, () => Promise<void>>();
  function work(): void {
    workers.push(
      startWorker({
        queue: 'orders',
        processors: {
          reconcile: async ({ orderId }) => {
            ran.set(orderId, (ran.get(orderId) ?? 0) + 1);
            await during.get(orderId)?.();
          },
        },
        giveUp: async () => undefined,
        connection: redis,
        prefix: keys.bull,
        concurrency: 10,
        log,
        metrics,
      }),
    );
  }

  test('that wait are merged', async () => {
    const ref = newOrder();
    await Promise.all(Array.from({ length: 50 }, () => queues.poke(ref, 'webhook')));
    expect(await queues.get('orders').getJobCountByTypes('wait')).toBe(1);
    await queues.get('orders').drain();
  });

  test('of orders with similar ids are not merged', async () => {
    await queues.poke({ agentId: 'a-b', orderId: 'c' }, 'poll');
    await queues.poke({ agentId: 'a', orderId: 'b-c' }, 'poll');
    expect(await queues.get('orders').getJobCountByTypes('wait')).toBe(2);
    await queues.get('orders').drain();
  });

  test('after a run cause another run', async () => {
    work();
    const ref = newOrder();
    for (const times of [1, 2, 3]) {
      await queues.poke(ref, 'poll');
      await until(`run ${times}`, () => ran.get(ref.orderId) === times);
      await until('its end', async () => (await queues.get('orders').getJobCountByTypes('active')) === 0);
    }
  });

  test('during a run cause one more run, however many there are', async () => {
    const ref = newOrder();
    const [entered, leave] = [gate(), gate()];
    during.set(ref.orderId, () => {
      entered.open();
      return leave.opened;
    });
    await queues.poke(ref, 'webhook');
    await entered.opened;
    await Promise.all(Array.from({ length: 20 }, () => queues.poke(ref, 'webhook')));
    leave.open();
    await until('the second run', () => ran.get(ref.orderId) === 2);
    const rest = () => queues.get('orders').getJobCountByTypes('wait', 'active', 'delayed');
    await until('rest', async () => (await rest()) === 0);
    expect(ran.get(ref.orderId)).toBe(2);
  });

  test('during a run that fails are not lost', async () => {
    const ref = newOrder();
    const entered = gate();
    during.set(ref.orderId, async () => {
      if ((ran.get(ref.orderId) ?? 0) > 1) return;
      entered.open();
      await queues.poke(ref, 'webhook');
      throw new Error('Redis hiccup');
    });
    await queues.poke(ref, 'webhook');
    await entered.opened;
    await until('another run', () => (ran.get(ref.orderId) ?? 0) >= 2);
  });

  test('at random moments are always followed by a run', async () => {
    const ref = newOrder();
    let pokedAt = 0;
    let startedAt = -1;
    during.set(ref.orderId, async () => {
      startedAt = pokedAt;
      await new Promise((resolve) => setImmediate(resolve));
    });
    for (let i = 1; i <= 60; i += 1) {
      pokedAt = i;
      await queues.poke(ref, 'webhook');
    }
    await until('a run after the last poke', () => startedAt === 60);
  });
});

describe("a step's job", () => {
  test('that waits stays unchanged', async () => {
    const ref = newOrder();
    await Promise.all(Array.from({ length: 20 }, () => queues.ensure(ref, generate, DUE)));
    expect(await stateOf(ref)).toBe('prioritized');
    const job = await queues.get('generation').getJob(jobFor(ref, generate).jobId);
    await queues.ensure(ref, generate, DUE);
    expect((await queues.get('generation').getJob(jobFor(ref, generate).jobId))?.timestamp).toBe(
      job?.timestamp,
    );
  });

  test('that waits changes its place if its due time changes', async () => {
    const [ref, other] = [newOrder(), newOrder()];
    await queues.get('generation').drain();
    await queues.ensure(ref, generate, DUE);
    await queues.ensure(other, generate, DUE + 3600_000);
    await queues.ensure(ref, generate, DUE + 2 * 3600_000);
    const waiting = await queues.get('generation').getJobs(['prioritized'], 0, -1, true);
    expect(waiting.map(({ data }) => data.orderId)).toEqual([other.orderId, ref.orderId]);
    await queues.get('generation').drain();
  });

  test.each(['completed', 'failed'] as const)(
    'that is %s without its fact is replaced by a new job',
    async (end) => {
      const ref = newOrder();
      await queues.get('generation').drain();
      await queues.ensure(ref, generate, DUE);
      await endNext(end);
      expect(await stateOf(ref)).toBe(end);
      await Promise.all([
        queues.ensure(ref, generate, DUE),
        queues.ensure(ref, generate, DUE),
        queues.ensure(ref, generate, DUE),
      ]);
      expect(await stateOf(ref)).toBe('prioritized');
      expect(await queues.get('generation').getJobCountByTypes('prioritized')).toBe(1);
    },
  );

  test('that runs is neither added again nor removed', async () => {
    const ref = newOrder();
    await queues.get('generation').drain();
    await queues.ensure(ref, generate, DUE);
    const [entered, leave] = [gate(), gate()];
    const worker = generationWorker(async () => {
      entered.open();
      await leave.opened;
    });
    await entered.opened;
    await queues.ensure(ref, generate, DUE);
    await queues.removeWaiting([jobFor(ref, generate)]);
    expect(await stateOf(ref)).toBe('active');
    leave.open();
    await until('its end', async () => (await stateOf(ref)) === 'completed');
    await worker.stop(1000);
    await queues.removeWaiting([jobFor(ref, generate)]);
    expect(await stateOf(ref)).toBe('completed');
  });

  test('that waits or is delayed can be removed, and a missing one is not an error', async () => {
    const ref = newOrder();
    await queues.ensure(ref, generate, DUE);
    const later = jobFor(ref, { ...generate, attempt: 1 });
    await queues.get('generation').add('generate', later.payload, { jobId: later.jobId, delay: 60_000 });
    await queues.removeWaiting([jobFor(ref, generate), later, jobFor(newOrder(), generate)]);
    expect(await stateOf(ref)).toBe('unknown');
    expect(await stateOf(ref, { ...generate, attempt: 1 })).toBe('unknown');
  });
});

test('a payload that does not fit the catalog is rejected before it is added', async () => {
  await expect(queues.add('intake', 'poll', { agentId: 'a:b' })).rejects.toThrow(/letters, digits/);
  await expect(queues.poke({ agentId: 'agt_1', orderId: '' }, 'poll')).rejects.toThrow();
  expect(await queues.get('intake').getJobCountByTypes('wait')).toBe(0);
});

function generationWorker(generateJob: () => Promise<void>): RunningWorker {
  return startWorker({
    queue: 'generation',
    processors: { price: async () => undefined, generate: generateJob },
    giveUp: async () => undefined,
    connection: redis,
    prefix: keys.bull,
    concurrency: 1,
    log,
    metrics,
  });
}

async function endNext(end: 'completed' | 'failed'): Promise<void> {
  const { permanent } = await import('../telemetry/failures.ts');
  const worker = generationWorker(async () => {
    if (end === 'failed') throw permanent('it broke');
  });
  await until('its end', async () => (await queues.get('generation').getJobCountByTypes(end)) > 0);
  await worker.stop(1000);
}

test('of the waiting steps, the earliest due runs first', async () => {
  const hour = 3600_000;
  const due = [5 * hour, -400 * 24 * hour, 1 * hour, 3 * hour];
  const refs = due.map(() => newOrder());
  const quote: Step = { name: 'quote', round: '0', attempt: 0 };
  for (const [index, ref] of refs.entries()) {
    await queues.ensure(ref, quote, Date.now() + (due[index] ?? 0));
  }
  const done: string[] = [];
  const note = async ({ orderId }: OrderRef) => void done.push(orderId);
  workers.push(
    startWorker({
      queue: 'delivery',
      processors: { quote: note, publish: note, deliver: note, payout_retry: note },
      giveUp: async () => undefined,
      connection: redis,
      prefix: keys.bull,
      concurrency: 1,
      log,
      metrics,
    }),
  );
  await until('all of them', () => done.length === refs.length);
  expect(done).toEqual([1, 2, 3, 0].map((index) => refs[index]?.orderId));
});

test('queues are opened again if the connection breaks during their first command', async () => {
  const producer = openRedis(redisUrl(), 'producer', { log });
  await untilReady(producer);
  const opened = Queues.open(producer, keys.bull, log);
  producer.disconnect(true);
  const again = await opened;
  expect(await again.get('orders').isPaused()).toBe(false);
  await again.close();
  producer.disconnect();
});
