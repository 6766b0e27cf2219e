import { localDisk } from '@fulfillment/artifacts';
import {
  newOrder,
  openRuntime,
  orderRow,
  redisServer,
  startRedis,
  until,
} from '@fulfillment/platform/test-support';
import { expect, test } from 'vitest';
import { startIntake } from './intake.ts';

const TIMES = { checkMs: 50, graceMs: 500 };

/** An ingestor's intake whose marketplace lists one order. */
async function openIntake() {
  const app = await openRuntime({
    env: { POLL_INTERVAL_SECONDS: '0.2', POLL_STRETCH_SECONDS: '0.2', SWEEP_INTERVAL_SECONDS: '0.2' },
  });
  const ref = newOrder();
  const order = orderRow(ref.orderId);
  const { answers } = app.market;
  answers['GET /api/agents/agt_1/orders'] = { data: [order] };
  answers[`GET /api/orders/${ref.orderId}`] = { data: { order, deliverables: [] } };
  answers['GET /api/agents/agt_1/services'] = { data: [] };
  await startIntake(app.runtime, app.settings, { artifacts: localDisk({ folder: 'unused' }), times: TIMES });
  const { runtime, scratch } = app;
  const generation = () => runtime.queues.get('generation').getJobs(['prioritized']);
  await until('the first poll', async () => (await generation()).length === 1);
  return {
    ...app,
    ref,
    generation,
    /** Removes every key of the product, as FLUSHALL does. */
    async empty() {
      for await (const keys of scratch.redis.scanStream({ match: `${scratch.prefix}*`, count: 1000 })) {
        if (keys.length > 0) await scratch.redis.del(keys);
      }
    },
  };
}

test('an emptied Redis gets its schedulers again, and the next poll finds every order', async () => {
  await using intake = await openIntake();
  await intake.empty();
  const job = await until('the job', async () => (await intake.generation())[0]);
  expect(job).toMatchObject({ name: 'generate', data: intake.ref });
  expect(intake.lines).toContainEqual(
    expect.objectContaining({ msg: expect.stringContaining('created again') }),
  );
  await until('a sweep', async () => (await intake.runtime.checks.intake?.()) === null);
});

test('an obliterated queue polls and sweeps again', async () => {
  await using intake = await openIntake();
  const { queues, redis, keys } = intake.runtime;
  await queues.get('intake').obliterate({ force: true });
  const [polledAt, sweptAt] = [
    await redis.hget(keys.polling('agt_1'), 'servedAt'),
    await redis.get(keys.swept),
  ];
  await until('a poll', async () => (await redis.hget(keys.polling('agt_1'), 'servedAt')) !== polledAt);
  await until('a sweep', async () => (await redis.get(keys.swept)) !== sweptAt);
});

test('a scheduler without its next job is created again', async () => {
  await using intake = await openIntake();
  const queue = intake.runtime.queues.get('intake');
  await until('the next job to be removed', async () => {
    const found = await queue.getJobScheduler('sweep');
    if (!found?.next) return false;
    const id = `repeat:sweep:${found.next}`;
    await intake.runtime.redis.multi().del(queue.toKey(id)).zrem(queue.toKey('delayed'), id).exec();
    return (
      (await queue.getJob(id)) === undefined && (await queue.getJobScheduler('sweep'))?.next === found.next
    );
  });
  const sweptAt = await intake.runtime.redis.get(intake.runtime.keys.swept);
  await until('a sweep', async () => (await intake.runtime.redis.get(intake.runtime.keys.swept)) !== sweptAt);
});

test('an ingestor that has not polled or swept for several intervals is not ready, and says why', async () => {
  await using intake = await openIntake();
  const { queues, checks } = intake.runtime;
  await queues.get('intake').pause();
  const says = (text: RegExp) => async () => text.test(String(await checks.intake?.()));
  await until('the sweep', says(/sweep has not run for \d+ s: the queue intake is paused/));
  await until('the poll', says(/poll-agt_1 has not run for \d+ s: the queue intake is paused/));
  await queues.get('intake').resume();
  await until('the end', async () => (await checks.intake?.()) === null);
});

test.skipIf(redisServer === null)(
  'an ingestor that starts while Redis is out of memory polls and sweeps once there is room',
  async () => {
    await using server = await startRedis();
    await using app = await openRuntime({
      env: {
        REDIS_URL: server.url,
        POLL_INTERVAL_SECONDS: '0.2',
        POLL_STRETCH_SECONDS: '0.2',
        SWEEP_INTERVAL_SECONDS: '0.2',
      },
    });
    app.market.answers['GET /api/agents/agt_1/orders'] = { data: [] };
    app.market.answers['GET /api/agents/agt_1/services'] = { data: [] };
    const unhandled: unknown[] = [];
    const note = (error: unknown) => unhandled.push(error);
    process.on('unhandledRejection', note);
    const { redis, keys } = app.runtime;
    await redis.config('SET', 'maxmemory', '1');
    await startIntake(app.runtime, app.settings, {
      artifacts: localDisk({ folder: 'unused' }),
      times: TIMES,
    });
    await until('a start that waits', () => app.lines.some(({ msg }) => /waits for Redis/.test(String(msg))));
    await redis.config('SET', 'maxmemory', '0');
    await until('a poll', async () => redis.hget(keys.polling('agt_1'), 'servedAt'));
    await until('a sweep', async () => redis.get(keys.swept));
    process.off('unhandledRejection', note);
    expect(unhandled).toEqual([]);
  },
);
