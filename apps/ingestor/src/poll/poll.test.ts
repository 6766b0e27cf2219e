import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { localDisk } from '@fulfillment/artifacts';
import { WebhookLoss } from '@fulfillment/platform';
import { gate, newOrder, openRuntime, orderRow, serviceRow, until } from '@fulfillment/platform/test-support';
import { type OrderRef, parseOrder } from '@fulfillment/shared';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { startIntake } from '../schedule/intake.ts';
import { poll } from './poll.ts';
import { schedulerOf } from './polled-agents.ts';

const app = await openRuntime({ env: { POLL_INTERVAL_SECONDS: '0.1', POLL_STRETCH_SECONDS: '0.1' } });
const { runtime, settings, market, lines } = app;
const { redis, keys, store, queues } = runtime;
const folder = await mkdtemp(path.join(os.tmpdir(), 'swept-'));
const artifacts = localDisk({ folder });
afterAll(() => rm(folder, { recursive: true, force: true }));
afterAll(() => app[Symbol.asyncDispose]());

const LIST = 'GET /api/agents/agt_1/orders';
beforeEach(async () => {
  await redis.del(keys.polling('agt_1'), keys.listed('agt_1'), keys.budget('default'));
  market.calls.length = 0;
  market.answers['GET /api/agents/agt_1/services'] = { data: [serviceRow('srv_1', { turnaround_hours: 6 })] };
});

/** Sets what the marketplace lists from now on. */
const lists = (...rows: unknown[]) => {
  market.answers[LIST] = { data: rows };
};
const pollNow = async () => {
  await redis.hdel(keys.polling('agt_1'), 'polledAt');
  await poll(runtime, settings, 'agt_1');
};
const pokes = async (ref: OrderRef) =>
  (await queues.get('orders').getJobs(['wait', 'delayed'])).filter((job) => job.data.orderId === ref.orderId)
    .length;

describe('a poll', () => {
  test('is one list call for every status that waits for the seller', async () => {
    let asked = '';
    market.answers[LIST] = ({ query }) => {
      asked = query.get('status') ?? '';
      return { data: [] };
    };
    await pollNow();
    expect(market.calls.filter(({ path }) => path.endsWith('/orders'))).toHaveLength(1);
    expect(asked).toBe('pending_quote,paid,in_progress,revision_requested,disputed,delivered');
    await pollNow();
    expect(asked).toBe('pending_quote,paid,in_progress,revision_requested,disputed');
  });

  test('finds an order that is delivered without a deliverable, and skips orders in review', async () => {
    const [owed, inReview] = [newOrder(), newOrder()];
    const delivered = (ref: OrderRef, deliverable_url: string | null) =>
      orderRow(ref.orderId, { status: 'delivered', deliverable_url });
    lists(delivered(owed, null), delivered(inReview, 'https://files.example/1'));
    await pollNow();
    expect(await pokes(owed)).toBe(1);
    expect(await store.load(inReview)).toBeNull();
    lists();
    await queues.get('orders').drain();
    await pollNow();
    expect(await pokes(owed)).toBe(0);
  });

  test('stores and pokes what is new or changed, and nothing else', async () => {
    const ref = newOrder();
    lists(orderRow(ref.orderId));
    await pollNow();
    expect(await store.load(ref)).toMatchObject({ snapshot: { status: 'paid' }, turnaroundHours: 6 });
    expect(await pokes(ref)).toBe(1);

    await queues.get('orders').drain();
    await pollNow();
    expect(await pokes(ref)).toBe(0);

    lists(orderRow(ref.orderId, { status: 'revision_requested', revision_count: 1 }));
    await pollNow();
    expect(await pokes(ref)).toBe(1);
  });

  test('pokes an order whose delivery was overwritten, although its status did not change', async () => {
    const ref = newOrder();
    lists(orderRow(ref.orderId));
    await pollNow();
    await queues.get('orders').drain();
    const url = 'https://files.example/1.png';
    const deliverables = [{ url, mediaType: 'image' as const }];
    await store.append(ref, [{ type: 'delivered', round: '0', deliverables, found: false }]);
    lists(orderRow(ref.orderId, { deliverable_url: 'https://files.example/theirs.png' }));
    await pollNow();
    expect(await pokes(ref)).toBe(0);
    lists(orderRow(ref.orderId, { deliverable_url: url }));
    await pollNow();
    expect(await pokes(ref)).toBe(1);
  });

  test('counts the orders that came since the last poll, and those that no webhook announced', async () => {
    const loss = new WebhookLoss(redis, keys);
    const count = async () => loss.lastDay('agt_1', await store.now());
    const [old, heard, lost, read] = [newOrder(), newOrder(), newOrder(), newOrder()];
    const pollAgain = async (...rows: unknown[]) => {
      lists(...rows);
      // Polled long ago, unlike an agent that was never polled.
      await redis.hset(keys.polling('agt_1'), 'polledAt', 1);
      await poll(runtime, settings, 'agt_1');
    };
    const all = [old, heard, lost, read].map(({ orderId }) => orderRow(orderId));
    lists(orderRow(old.orderId));
    await pollNow();
    expect(await count()).toEqual({ arrivals: 0, unannounced: 0 });

    // A webhook that no reconcile has answered yet, and one whose order was read before the poll.
    await store.hint(heard, []);
    await store.hint(read, []);
    const snapshot = parseOrder(orderRow(read.orderId));
    await store.observe(read, { snapshot, askedAt: await store.now(), via: 'read', hintsAnswered: 1 });
    await pollAgain(...all);
    expect(await count()).toEqual({ arrivals: 3, unannounced: 1 });
    await pollAgain(...all);
    expect(await count()).toEqual({ arrivals: 3, unannounced: 1 });

    // An idle workspace becomes paid without an event.
    await pollAgain(orderRow(old.orderId, { status: 'in_progress' }));
    expect(await count()).toEqual({ arrivals: 3, unannounced: 1 });
  });

  test('keeps its long interval if webhooks announced all that it finds', async () => {
    const [announced, unannounced] = [newOrder(), newOrder()];
    const stretchAfter = async (...rows: unknown[]) => {
      lists(...rows);
      // Webhooks arrive, and the last polls found nothing.
      await redis.hset(keys.polling('agt_1'), { polledAt: 1, heardAt: 2, stretch: 4 });
      await poll(runtime, settings, 'agt_1');
      return redis.hget(keys.polling('agt_1'), 'stretch');
    };
    await store.hint(announced, []);
    expect(await stretchAfter(orderRow(announced.orderId))).toBe('8');
    expect(await stretchAfter(orderRow(announced.orderId), orderRow(unannounced.orderId))).toBe('1');
  });

  test('pokes an order that is no longer listed, so that it is read', async () => {
    const ref = newOrder();
    lists(orderRow(ref.orderId));
    await pollNow();
    await queues.get('orders').drain();
    lists();
    await pollNow();
    expect(await pokes(ref)).toBe(1);
    expect(await store.load(ref)).toMatchObject({ hints: 1, hintsAnswered: 0 });
  });

  test('causes a read of an order whose delivery may have taken effect', async () => {
    const ref = newOrder();
    lists(orderRow(ref.orderId));
    await pollNow();
    const deliverables = [{ url: 'https://files.example/1.png', mediaType: 'image' as const }];
    await store.append(ref, [{ type: 'delivery_intended', round: '0', deliverables }]);
    lists(orderRow(ref.orderId, { status: 'disputed' }));
    await pollNow();
    expect(await store.load(ref)).toMatchObject({ hints: 1, hintsAnswered: 0 });

    await store.append(ref, [{ type: 'delivered', round: '0', deliverables, found: true }]);
    lists(orderRow(ref.orderId, { status: 'revision_requested', revision_count: 1 }));
    await pollNow();
    expect(await store.load(ref)).toMatchObject({ hints: 1 });
  });

  test('skips unreadable and foreign orders with a log line, and takes the rest', async () => {
    const ref = newOrder();
    const foreign = newOrder();
    lists(
      null,
      'an order',
      {},
      { id: '../x' },
      orderRow(foreign.orderId, { provider_agent_id: 'agt_9' }),
      orderRow(ref.orderId),
    );
    await pollNow();
    expect(await store.load(ref)).not.toBeNull();
    expect(await store.load(foreign)).toBeNull();
    const told = lines.filter(({ msg }) => String(msg).includes('left out'));
    expect(told).toHaveLength(5);
  });

  test('takes an order with null, missing, mistyped or extra fields', async () => {
    const ref = newOrder();
    lists({
      id: ref.orderId,
      status: 'levitating',
      brief: 7,
      reference_urls: '[not json',
      revision_count: 'two',
      extra: { deep: [] },
    });
    await pollNow();
    const record = await store.load(ref);
    expect(record?.snapshot).toMatchObject({ status: 'unknown', rawStatus: 'levitating' });
    expect(record?.snapshot?.problems.length).toBeGreaterThan(0);
    expect(await pokes(ref)).toBe(1);
  });

  test('that is rate-limited waits as long as the marketplace said, and does not fail', async () => {
    market.answers[LIST] = { status: 429, text: 'Too many requests', headers: { 'retry-after': '120' } };
    await pollNow();
    await pollNow();
    expect(market.calls.filter(({ path }) => path.endsWith('/orders'))).toHaveLength(1);
    expect(lines).toContainEqual(expect.objectContaining({ msg: 'poll left to the next tick' }));
  });

  test('that fails is logged, and forgets nothing that it knew', async () => {
    const ref = newOrder();
    lists(orderRow(ref.orderId));
    await pollNow();
    market.answers[LIST] = { status: 502, html: '<h1>Bad Gateway</h1>' };
    await expect(pollNow()).rejects.toThrow();
    expect(await redis.smembers(keys.listed('agt_1'))).toEqual([ref.orderId]);
  });

  test('continues without services if they cannot be read', async () => {
    market.answers['GET /api/agents/agt_1/services'] = { status: 500, text: 'oops' };
    await redis.del(keys.services('agt_1'));
    const ref = newOrder();
    lists(orderRow(ref.orderId));
    await pollNow();
    expect(await store.load(ref)).toMatchObject({ service: null });
  });

  test('does not run before its time', async () => {
    lists();
    await pollNow();
    await poll(runtime, { ...settings, POLL_INTERVAL_SECONDS: 60 }, 'agt_1');
    expect(market.calls.filter(({ path }) => path.endsWith('/orders'))).toHaveLength(1);
  });

  test('is left to the ingestor that already runs it', async () => {
    const [arrived, leave] = [gate(), gate()];
    market.answers[LIST] = async () => {
      arrived.open();
      await leave.opened;
      return { data: [] };
    };
    const first = pollNow();
    await arrived.opened;
    await Promise.all([pollNow(), pollNow()]);
    leave.open();
    await first;
    expect(market.calls.filter(({ path }) => path.endsWith('/orders'))).toHaveLength(1);
  });
});

test('the first poll runs at the start, and the order that it finds gets its job', async () => {
  await using fresh = await openRuntime();
  const ref = newOrder();
  const order = orderRow(ref.orderId);
  fresh.market.answers[LIST] = { data: [order] };
  fresh.market.answers[`GET /api/orders/${ref.orderId}`] = { data: { order, deliverables: [] } };
  fresh.market.answers['GET /api/agents/agt_1/services'] = { data: [] };
  await startIntake(fresh.runtime, fresh.settings, { artifacts });
  const job = await until('the job', async () => {
    const [first] = await fresh.runtime.queues.get('generation').getJobs(['prioritized']);
    return first;
  });
  expect(job).toMatchObject({ name: 'generate', data: { ...ref, round: '0', attempt: 0 } });
});

describe('an agent that is not configured in this process', () => {
  const tick = (agentId: string) => poll(runtime, settings, agentId);
  const intake = queues.get('intake');
  const scheduled = async (agentId: string) => {
    await intake.upsertJobScheduler(
      schedulerOf(agentId),
      { every: 3600_000 },
      { name: 'poll', data: { agentId } },
    );
    return async () => (await intake.getJobScheduler(schedulerOf(agentId))) !== undefined;
  };

  test('is left to the process that served it lately', async () => {
    const isScheduled = await scheduled('agt_other');
    await redis.hset(keys.polling('agt_other'), 'servedAt', Date.now() - 60_000);
    await expect(tick('agt_other')).rejects.toThrow('another process has this agent');
    expect(await isScheduled()).toBe(true);
  });

  test('is left to the process that served it some ticks ago, at any tick interval', async () => {
    const isScheduled = await scheduled('agt_rare');
    const rare = { ...settings, POLL_INTERVAL_SECONDS: 24 * 3600 };
    const serve = (hoursAgo: number) =>
      redis.hset(keys.polling('agt_rare'), 'servedAt', Date.now() - hoursAgo * 3600_000);
    await serve(48);
    await expect(poll(runtime, rare, 'agt_rare')).rejects.toThrow('another process has this agent');
    expect(await isScheduled()).toBe(true);
    await serve(6 * 24);
    await poll(runtime, rare, 'agt_rare');
    expect(await isScheduled()).toBe(false);
  });

  test('is no longer polled after nobody served it for a day', async () => {
    const isScheduled = await scheduled('agt_gone');
    await redis.hset(keys.polling('agt_gone'), 'servedAt', Date.now() - 3600_000);
    await tick('agt_gone');
    expect(await isScheduled()).toBe(true);
    await redis.hset(keys.polling('agt_gone'), 'servedAt', Date.now() - 25 * 3600_000);
    await tick('agt_gone');
    expect(await isScheduled()).toBe(false);
    expect(market.calls).toEqual([]);
  });
});
