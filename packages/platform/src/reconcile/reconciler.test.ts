import { type Fact, factOf, jobFor, type OrderRef, type Step } from '@fulfillment/shared';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { orderRow, serviceRow } from '../test-support/market.ts';
import { openReconciling } from '../test-support/reconciling.ts';

const reconciling = await openReconciling();
const {
  redis,
  keys,
  lines,
  market,
  store,
  queues,
  marketplace,
  reconciler,
  shows,
  stateOf,
  recorded,
  reads,
} = reconciling;
afterAll(() => reconciling[Symbol.asyncDispose]());

let ref: OrderRef;
beforeEach(() => {
  ref = reconciling.nextOrder();
});

const step = (name: 'price' | 'generate' | 'deliver'): Step => ({ name, round: '0', attempt: 0 });

function fail(why: string): never {
  throw new Error(why);
}

test('an unknown order is ignored, with a line in the log', async () => {
  expect(await reconciler.reconcile(ref)).toBeNull();
  expect(lines).toContainEqual(expect.objectContaining({ ...ref, msg: 'there is no record of this order' }));
  expect(market.calls).toEqual([]);
});

test('a hint causes a read, adds the missing job, and keeps the order open', async () => {
  shows({ status: 'paid', service_id: 'srv_9' });
  market.answers['GET /api/agents/agt_1/services'] = { data: [serviceRow('srv_9', { turnaround_hours: 5 })] };
  await store.hint(ref, [{ type: 'heard', event: 'order.created', bodyHash: 'a' }]);
  const decision = await reconciler.reconcile(ref);
  expect(decision).toMatchObject({ stage: 'generating', round: '0', readOrder: false, attention: [] });
  expect(await stateOf(step('generate'))).toBe('prioritized');
  expect(await recorded()).toMatchObject({ hints: 1, hintsAnswered: 1, turnaroundHours: 5 });
  expect(await redis.zscore(keys.open, `agt_1/${ref.orderId}`)).toBe(String(decision?.lookAgainAt));
});

test("a buyer's review of a completed order is kept after it was read", async () => {
  const data = {
    order: orderRow(ref.orderId, { status: 'completed' }),
    review: { rating: 4, comment: 'Lovely, though late.', id: 'rev_1' },
    deliverables: [],
  };
  market.answers[`GET /api/orders/${ref.orderId}`] = { data };
  for (let time = 0; time < 2; time += 1) {
    await store.hint(ref, []);
    await reconciler.reconcile(ref);
  }
  expect((await recorded()).facts.filter(({ type }) => type === 'buyer_review')).toMatchObject([
    { rating: 4, comment: 'Lovely, though late.' },
  ]);
});

test.each([null, {}, { rating: null, comment: ' ' }, { rating: 'five' }])(
  'a review of %o says nothing',
  async (review) => {
    market.answers[`GET /api/orders/${ref.orderId}`] = {
      data: { order: orderRow(ref.orderId, { status: 'completed' }), review, deliverables: [] },
    };
    await store.hint(ref, []);
    await reconciler.reconcile(ref);
    expect(factOf(await recorded(), 'buyer_review')).toBeUndefined();
  },
);

test('a quote is due the turnaround after its order was placed', async () => {
  const created_at = new Date(Date.now() - 3600_000).toISOString();
  const priorityOf = async (name: 'price', of: OrderRef) =>
    (await queues.get('generation').getJob(jobFor(of, step(name)).jobId))?.priority ?? fail('no job');
  shows({ status: 'pending_quote', created_at });
  await store.hint(ref, []);
  await reconciler.reconcile(ref);
  const earlier = ref;
  ref = reconciling.nextOrder();
  shows({ status: 'pending_quote' });
  await store.hint(ref, []);
  await reconciler.reconcile(ref);
  expect(await priorityOf('price', earlier)).toBeLessThan(await priorityOf('price', ref));
});

test('a log line about a reading names the order, and contains no text of the buyer', async () => {
  await store.append(ref, [{ type: 'heard', event: 'order.paid', bodyHash: 'a' }]);
  shows({ status: 'paid', brief: 'a brief of their own' });
  await store.hint(ref, []);
  await reconciler.reconcile(ref);
  const told = lines.filter((line) => line.orderId === ref.orderId);
  expect(told).toContainEqual(expect.objectContaining({ ...ref, msg: 'order seen', status: 'paid' }));
  for (const line of told) expect(Object.keys(line)).not.toContain('snapshot');
  expect(JSON.stringify(told)).not.toContain('a brief of their own');
});

test('an answered hint causes no further read', async () => {
  shows({ status: 'paid' });
  await store.hint(ref, []);
  await reconciler.reconcile(ref);
  await reconciler.reconcile(ref);
  expect(reads()).toBe(1);
});

test('a hint during a read is answered by the next reconcile', async () => {
  const data = { order: orderRow(ref.orderId), deliverables: [] };
  market.answers[`GET /api/orders/${ref.orderId}`] = async () => {
    if (reads() === 1) await store.hint(ref, []);
    return { data };
  };
  await store.hint(ref, []);
  await reconciler.reconcile(ref);
  expect(await redis.zscore(keys.open, `agt_1/${ref.orderId}`)).toSatisfy(
    (due) => Number(due) <= Date.now() + 5,
  );
  await reconciler.reconcile(ref);
  expect(reads()).toBe(2);
  expect(await recorded()).toMatchObject({ hints: 2, hintsAnswered: 2 });
});

test('twenty reconciles at once add one job', async () => {
  shows({ status: 'paid' });
  await store.hint(ref, []);
  const before = await queues.get('generation').getJobCountByTypes('prioritized');
  await Promise.all(Array.from({ length: 20 }, () => reconciler.reconcile(ref)));
  expect(await queues.get('generation').getJobCountByTypes('prioritized')).toBe(before + 1);
  expect(
    (await store.index.list('open', 0, 100)).filter(({ orderId }) => orderId === ref.orderId),
  ).toHaveLength(1);
});

test('a delivery of unknown outcome is found, also if the buyer requested the next round meanwhile', async () => {
  const deliverables = [{ url: 'https://a.example/0', mediaType: 'image' as const }];
  await store.hint(ref, [{ type: 'delivery_intended', round: '0', deliverables }]);
  shows({ status: 'paid' });
  await reconciler.reconcile(ref);
  expect((await recorded()).facts.map(({ type }) => type)).not.toContain('delivered');

  const rows = [{ deliverable_url: 'https://a.example/0', status: 'completed' }];
  const order = orderRow(ref.orderId, { status: 'revision_requested', revision_count: 1 });
  market.answers[`GET /api/orders/${ref.orderId}`] = { data: { order, deliverables: rows } };
  await store.hint(ref, []);
  expect(await reconciler.reconcile(ref)).toMatchObject({ round: '1' });
  expect((await recorded()).facts).toContainEqual(
    expect.objectContaining({ type: 'delivered', round: '0', deliverables, found: true }),
  );
});

test('a poll that is newer than the read in flight wins', async () => {
  const seen = { ...(await reading('delivered')), askedAt: (await store.now()) + 1000 };
  const data = { order: orderRow(ref.orderId, { status: 'paid' }), deliverables: [] };
  market.answers[`GET /api/orders/${ref.orderId}`] = async () => {
    await store.observe(ref, seen);
    return { data };
  };
  await store.hint(ref, []);
  expect(await reconciler.reconcile(ref)).toMatchObject({ stage: 'in_review', steps: [] });
  expect((await recorded()).snapshot?.status).toBe('delivered');
});

async function reading(status: string) {
  shows({ status, deliverable_url: 'https://files.example/1' });
  const { snapshot } = await marketplace.read(ref);
  return { snapshot, via: 'poll' as const, hintsAnswered: null };
}

test('a cancelled order loses its waiting jobs, and is finished', async () => {
  shows({ status: 'pending_quote' });
  await store.hint(ref, []);
  await reconciler.reconcile(ref);
  expect(await stateOf(step('price'))).toBe('prioritized');
  shows({ status: 'cancelled' });
  await store.hint(ref, []);
  expect(await reconciler.reconcile(ref)).toMatchObject({ stage: 'cancelled', lookAgainAt: null });
  expect(await stateOf(step('price'))).toBe('unknown');
  expect(await redis.zscore(keys.open, `agt_1/${ref.orderId}`)).toBeNull();
});

test('a completed order is recorded once, with its earnings', async () => {
  shows({
    status: 'completed',
    quoted_price_usd: '45.00',
    platform_fee_usd: '4.50',
    payout_tx_hash: '5x',
    deliverable_url: 'https://files.example/1',
  });
  await store.hint(ref, []);
  expect(await reconciler.reconcile(ref)).toMatchObject({ stage: 'completed', facts: [], lookAgainAt: null });
  await reconciler.reconcile(ref);
  expect(factOf(await recorded(), 'completed')).toMatchObject({ netUsd: '40.50' });
});

test('a review that is due soon is logged once, however many processes reconcile, and counted', async () => {
  const made: Fact = {
    type: 'generated',
    round: '0',
    handler: 'painter',
    products: [{ url: 'https://a.example/0', mediaType: 'image' }],
    draft: 0,
    review: true,
  };
  const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3600_000).toISOString();
  shows({ status: 'paid', created_at: hoursAgo(1) });
  await store.hint(ref, [made]);
  await reconciler.reconcile(ref);
  const told = () => lines.filter(({ orderId, level }) => orderId === ref.orderId && level === 40);
  expect(told()).toEqual([]);
  shows({ status: 'paid', created_at: hoursAgo(47) });
  await store.hint(ref, []);
  await Promise.all(Array.from({ length: 5 }, () => reconciler.reconcile(ref)));
  await reconciler.reconcile(ref);
  expect(told()).toMatchObject([{ ...ref, round: '0', msg: 'a round waits for a review, and is due soon' }]);
  expect(factOf(await recorded(), 'review_due', '0')).toMatchObject({ draft: 0 });
  expect(await store.index.urgentCount()).toBe(1);
});

test("the buyer's data of an earlier answer survives an answer with less data", async () => {
  await store.hint(ref, []);
  shows({ status: 'paid', client_name: 'Ada' });
  await reconciler.observe(await recorded());
  shows({ status: 'delivered' });
  await reconciler.observe(await recorded());
  expect((await recorded()).snapshot).toMatchObject({ status: 'delivered', clientName: 'Ada' });
});
