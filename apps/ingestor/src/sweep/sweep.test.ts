import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { localDisk } from '@fulfillment/artifacts';
import { addBytes } from '@fulfillment/artifacts/test-support';
import { newOrder, openRuntime, orderRow } from '@fulfillment/platform/test-support';
import { jobFor, type OrderRef } from '@fulfillment/shared';
import { afterAll, describe, expect, test } from 'vitest';
import { type Retention, sweep } from './sweep.ts';

const app = await openRuntime();
const { runtime } = app;
const { redis, keys, store, queues } = runtime;
const folder = await mkdtemp(path.join(os.tmpdir(), 'swept-'));
const artifacts = localDisk({ folder });
afterAll(() => rm(folder, { recursive: true, force: true }));
afterAll(() => app[Symbol.asyncDispose]());

const sweepNow = (change: Partial<Retention> = {}) =>
  sweep(runtime, { retentionDays: 90, removeFiles: artifacts.removeOrder, ...change });
const pokes = async (ref: OrderRef) =>
  (await queues.get('orders').getJobs(['wait', 'delayed'])).filter((job) => job.data.orderId === ref.orderId)
    .length;

describe('a sweep', () => {
  const finishedLongAgo = async () => {
    const ref = newOrder();
    const name = `${ref.agentId}/${ref.orderId}`;
    await store.append(ref, []);
    await redis.zrem(keys.open, name);
    await redis.zadd(keys.finished, Date.now() - 91 * 24 * 3600_000, name);
    return ref;
  };

  test('pokes the unfinished orders whose time has come, and puts them off', async () => {
    const [due, later] = [newOrder(), newOrder()];
    await store.append(due, []);
    await store.append(later, []);
    await redis.zadd(keys.open, Date.now() + 3600_000, `${later.agentId}/${later.orderId}`);
    await sweepNow();
    await sweepNow();
    expect(await pokes(due)).toBe(1);
    expect(await pokes(later)).toBe(0);
  });

  test('puts an order off whose job waits, and pokes it once the job is gone', async () => {
    const ref = newOrder();
    app.market.answers[`GET /api/orders/${ref.orderId}`] = {
      data: { order: orderRow(ref.orderId, { status: 'paid', bounty_id: 'bty_1' }), deliverables: [] },
    };
    await store.hint(ref, []);
    const decision = await runtime.reconciler.reconcile(ref);
    const [step] = decision?.steps ?? [];
    if (step === undefined) throw new Error('The order needs no step.');
    const name = `${ref.agentId}/${ref.orderId}`;
    const makeDue = async () => void (await redis.zadd(keys.open, (await store.now()) - 1, name));
    await makeDue();
    await sweepNow();
    expect(await pokes(ref)).toBe(0);
    expect(Number(await redis.zscore(keys.open, name)) - (await store.now())).toBeGreaterThan(90_000);
    const { queue, jobId } = jobFor(ref, step);
    await queues.get(queue).remove(jobId);
    await makeDue();
    await sweepNow();
    expect(await pokes(ref)).toBe(1);
  });

  test('pokes an order although another one that is due cannot be read', async () => {
    const [broken, good] = [newOrder(), newOrder()];
    await store.append(good, []);
    await redis.set(keys.record(broken), 'not a record');
    await redis.zadd(keys.open, (await store.now()) - 1, `${broken.agentId}/${broken.orderId}`);
    await sweepNow();
    expect(await pokes(good)).toBe(1);
    expect(await pokes(broken)).toBe(1);
    await redis.del(keys.record(broken));
    await redis.zrem(keys.open, `${broken.agentId}/${broken.orderId}`);
  });

  test('forgets what finished long ago', async () => {
    const ref = await finishedLongAgo();
    const kept = { orderId: ref.orderId, round: '0', body: 'done', contentType: 'text/plain' };
    const artifact = await addBytes(artifacts, kept);
    await sweepNow();
    expect(await store.load(ref)).toBeNull();
    await expect(artifacts.read(artifact)).rejects.toThrow('ENOENT');
  });

  test('forgets an order whose files cannot be removed, and a later sweep removes them', async () => {
    const ref = await finishedLongAgo();
    const artifact = await addBytes(artifacts, {
      orderId: ref.orderId,
      round: '0',
      body: 'done',
      contentType: 'text/plain',
    });
    await sweepNow({ removeFiles: () => Promise.reject(new Error('the disk is gone')) });
    expect(await store.load(ref)).toBeNull();
    expect(await artifacts.has(artifact)).toBe(true);
    await sweepNow();
    expect(await artifacts.has(artifact)).toBe(false);
    expect(await store.retention.leftBehind(10)).toEqual([]);
  });

  test('does not wait for a store that does not answer', async () => {
    const [one, two] = [await finishedLongAgo(), await finishedLongAgo()];
    await sweepNow({ removeFiles: () => new Promise(() => undefined), removeWithinMs: 20 });
    const left = await store.retention.leftBehind(10);
    expect(left).toHaveLength(2);
    expect(left).toEqual(expect.arrayContaining([one, two]));
    await sweepNow();
    expect(await store.retention.leftBehind(10)).toEqual([]);
  });
});
