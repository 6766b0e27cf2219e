import {
  decide,
  type Fact,
  factOf,
  jobFor,
  type OrderRef,
  parseOrder,
  policySchema,
  type Step,
} from '@fulfillment/shared';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { Budget } from './budget/budget.ts';
import { Queues } from './jobs/queues.ts';
import { Agents } from './marketplace/agents.ts';
import { Marketplace } from './marketplace/marketplace.ts';
import { ReadLag } from './marketplace/read-lag.ts';
import { Services } from './marketplace/services.ts';
import { Reconciler } from './reconcile.ts';
import { RecordStore } from './record-store/record-store.ts';
import { openMarket, orderRow, serviceRow } from './test-support/market.ts';
import { newOrder, openScratch } from './test-support/scratch.ts';

const [scratch, market] = await Promise.all([openScratch(), openMarket()]);
const { redis, keys, log, lines } = scratch;
market.answers['GET /api/agents/me'] = { data: { id: 'agt_1', endpoint_url: null } };
const agents = new Agents([{ name: 'one', apiKey: 'atelier_one' }], { baseUrl: market.url }, log);
await agents.identify(new AbortController().signal);

const store = new RecordStore(redis, keys);
const queues = new Queues(redis, keys.bull, log);
const nothingOwed = async () => ({ waiting: 0, generating: 0 });
const budget = new Budget(redis, keys, 'e', { windowSeconds: 3600, deliveries: 30 });
const marketplace = new Marketplace(agents, budget, { countOwed: nothingOwed, log });
const policy = policySchema.parse({ feedbackGraceSeconds: 0 });
const services = new Services(redis, keys, marketplace);
const reconciler = new Reconciler({
  store,
  queues,
  marketplace,
  services,
  readLag: new ReadLag(redis, keys),
  policy,
  log,
});
afterAll(async () => {
  await queues.close();
  await market[Symbol.asyncDispose]();
  await scratch[Symbol.asyncDispose]();
});

let ref: OrderRef;
beforeEach(() => {
  ref = newOrder();
  market.calls.length = 0;
});

/** What the marketplace shows of the order from now on. */
function shows(fields: Record<string, unknown>): void {
  const data = { order: orderRow(ref.orderId, fields), deliverables: [] };
  market.answers[`GET /api/orders/${ref.orderId}`] = { data };
}
const stateOf = (step: Step) => {
  const { queue, jobId } = jobFor(ref, step);
  return queues.get(queue).getJobState(jobId);
};
const step = (name: 'price' | 'generate' | 'deliver'): Step => ({ name, round: '0', attempt: 0 });
const recorded = async () => (await store.load(ref)) ?? fail('no record');
const reads = () => market.calls.filter(({ path }) => path === `/api/orders/${ref.orderId}`).length;

const DENIED = { status: 403, text: 'Not authorized to view this order' };

function fail(why: string): never {
  throw new Error(why);
}

test('an order nobody heard of is left alone, with a line in the log', async () => {
  expect(await reconciler.reconcile(ref)).toBeNull();
  expect(lines).toContainEqual(expect.objectContaining({ ...ref, msg: 'there is no record of this order' }));
  expect(market.calls).toEqual([]);
});

test('a hint reads the order, adds the job that is missing, and keeps the order open', async () => {
  shows({ status: 'paid', service_id: 'srv_9' });
  market.answers['GET /api/agents/agt_1/services'] = { data: [serviceRow('srv_9', { turnaround_hours: 5 })] };
  await store.hint(ref, [{ type: 'heard', event: 'order.created', bodyHash: 'a' }]);
  const decision = await reconciler.reconcile(ref);
  expect(decision).toMatchObject({ stage: 'generating', round: '0', readOrder: false, attention: [] });
  expect(await stateOf(step('generate'))).toBe('prioritized');
  expect(await recorded()).toMatchObject({ hints: 1, hintsAnswered: 1, turnaroundHours: 5 });
  expect(await redis.zscore(keys.open, `agt_1/${ref.orderId}`)).toBe(String(decision?.lookAgainAt));
});

test("a buyer's review of a completed order is kept once it is read", async () => {
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

test('a quote is due the turnaround after its order was made', async () => {
  const created_at = new Date(Date.now() - 3600_000).toISOString();
  const priorityOf = async (name: 'price', of: OrderRef) =>
    (await queues.get('generation').getJob(jobFor(of, step(name)).jobId))?.priority ?? fail('no job');
  shows({ status: 'pending_quote', created_at });
  await store.hint(ref, []);
  await reconciler.reconcile(ref);
  const earlier = ref;
  ref = newOrder();
  shows({ status: 'pending_quote' });
  await store.hint(ref, []);
  await reconciler.reconcile(ref);
  expect(await priorityOf('price', earlier)).toBeLessThan(await priorityOf('price', ref));
});

test('what is logged of a reading names the order, and holds nothing that a buyer wrote', async () => {
  await store.append(ref, [{ type: 'heard', event: 'order.paid', bodyHash: 'a' }]);
  shows({ status: 'paid', brief: 'a brief of their own' });
  await store.hint(ref, []);
  await reconciler.reconcile(ref);
  const told = lines.filter((line) => line.orderId === ref.orderId);
  expect(told).toContainEqual(expect.objectContaining({ ...ref, msg: 'order seen', status: 'paid' }));
  for (const line of told) expect(Object.keys(line)).not.toContain('snapshot');
  expect(JSON.stringify(told)).not.toContain('a brief of their own');
});

test('a hint that is answered already does not read the order again', async () => {
  shows({ status: 'paid' });
  await store.hint(ref, []);
  await reconciler.reconcile(ref);
  await reconciler.reconcile(ref);
  expect(reads()).toBe(1);
});

test('a hint that comes while the order is read is answered by the next reconcile', async () => {
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
  expect((await store.list('open', 0, 100)).filter(({ orderId }) => orderId === ref.orderId)).toHaveLength(1);
});

test('a delivery of unknown outcome is found, also when the buyer asked for the next round meanwhile', async () => {
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

test('a poll that saw more than the read that was under way wins', async () => {
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
  shows({ status });
  const { snapshot } = await marketplace.read(ref);
  return { snapshot, via: 'poll' as const, hintsAnswered: null };
}

describe('an order that cannot be read', () => {
  test('since it is none waits for a human, with the reason, until an operator retries', async () => {
    shows({ id: 'ord_other' });
    await store.hint(ref, []);
    const decision = await reconciler.reconcile(ref);
    expect(decision?.attention).toMatchObject([{ stepKey: 'read:0', actions: ['retry'] }]);
    expect(decision?.attention[0]?.reason).toContain(
      'cannot be read from the marketplace: The marketplace gave',
    );
    expect(await store.list('attention', 0, 100)).toContainEqual(expect.objectContaining(ref));
    await reconciler.reconcile(ref);
    expect(reads()).toBe(1);
    shows({ status: 'paid' });
    await store.append(ref, [{ type: 'operator_retried', stepKey: 'read:0', attempt: 0, by: 'operator' }]);
    expect(await reconciler.reconcile(ref)).toMatchObject({ stage: 'generating', attention: [] });
    expect(await store.list('attention', 0, 100)).not.toContainEqual(expect.objectContaining(ref));
  });

  test.each([
    ['is not there yet', { status: 404, text: 'Order not found' }],
    ['has a page of a proxy before it', { status: 403, html: '<html>Forbidden</html>' }],
  ])('since it %s is read again, and goes on by itself', async (_, answer) => {
    market.answers[`GET /api/orders/${ref.orderId}`] = answer;
    await store.hint(ref, []);
    await expect(reconciler.reconcile(ref)).rejects.toThrow();
    expect(Number(await redis.zscore(keys.open, `agt_1/${ref.orderId}`))).toBeGreaterThan(
      Date.now() + 10_000,
    );
    shows({ status: 'paid' });
    expect(await reconciler.reconcile(ref)).toMatchObject({ stage: 'generating', attention: [] });
  });

  test.each([
    ['may be read by its own agent alone', undefined],
    ["shows another agent's id", 'agt_9'],
  ])('since it %s ends quietly, until something is heard of it again', async (_, provider_agent_id) => {
    if (provider_agent_id !== undefined) shows({ provider_agent_id });
    else market.answers[`GET /api/orders/${ref.orderId}`] = DENIED;
    await store.hint(ref, [{ type: 'heard', event: 'order.created', bodyHash: 'a' }]);
    expect(await reconciler.reconcile(ref)).toMatchObject({
      stage: 'not_ours',
      attention: [],
      lookAgainAt: null,
    });
    expect(lines).toContainEqual(
      expect.objectContaining({ ...ref, msg: 'the order is not ours: left alone' }),
    );
    expect(await redis.zscore(keys.open, `agt_1/${ref.orderId}`)).toBeNull();
    expect((await recorded()).facts.map(({ type }) => type)).toEqual(['heard', 'not_ours']);
    await reconciler.reconcile(ref);
    expect(reads()).toBe(1);
    shows({ status: 'paid' });
    await store.hint(ref, []);
    expect(await reconciler.reconcile(ref)).toMatchObject({ stage: 'generating' });
  });

  test('and was ours before is told to a human, does not vanish, and goes on once it may be read', async () => {
    shows({ status: 'paid' });
    await store.hint(ref, []);
    await reconciler.reconcile(ref);
    market.answers[`GET /api/orders/${ref.orderId}`] = DENIED;
    await store.hint(ref, []);
    await expect(reconciler.reconcile(ref)).rejects.toThrow('Not authorized');
    const record = await recorded();
    expect(record.snapshot).toMatchObject({ status: 'paid' });
    const { attention, readOrder } = decide(record, policy, record.loadedAt + 11 * 60_000);
    expect(attention).toMatchObject([
      { reason: expect.stringContaining('Not authorized to view this order') },
    ]);
    expect(readOrder).toBe(true);
    shows({ status: 'paid' });
    expect(await reconciler.reconcile(ref)).toMatchObject({ stage: 'generating', attention: [] });
  });

  test('by a key that stays wrong is told to a human while it goes on being read', async () => {
    market.answers[`GET /api/orders/${ref.orderId}`] = DENIED;
    const me = market.answers['GET /api/agents/me'];
    market.answers['GET /api/agents/me'] = { status: 401, text: 'Invalid or inactive API key' };
    await store.hint(ref, []);
    await expect(reconciler.reconcile(ref)).rejects.toThrow();
    if (me) market.answers['GET /api/agents/me'] = me;
    const record = await recorded();
    const decision = decide(record, policy, record.loadedAt + 11 * 60_000);
    expect(decision).toMatchObject({ readOrder: true, attention: [{ actions: ['acknowledge'] }] });
    expect(decision.attention[0]?.reason).toMatch(/not authorized to view this order.*key right\?/i);
  });

  test('and was heard of by webhook is worked on once the list shows it, and a human hears of the reads', async () => {
    market.answers[`GET /api/orders/${ref.orderId}`] = { status: 404, text: 'Order not found' };
    await store.hint(ref, [{ type: 'heard', event: 'order.paid', bodyHash: 'a' }]);
    await expect(reconciler.reconcile(ref)).rejects.toThrow();
    const snapshot = parseOrder(orderRow(ref.orderId));
    // Later than the failure by more than the clock's last digit.
    const poll = async () =>
      store.observe(ref, { snapshot, askedAt: (await store.now()) + 1, via: 'poll', hintsAnswered: null });
    await poll();
    expect(await reconciler.reconcile(ref)).toMatchObject({ stage: 'generating' });
    expect(await stateOf(step('generate'))).toBe('prioritized');
    await poll();
    const record = await recorded();
    expect(record.facts.filter(({ type }) => type === 'read_failed')).toHaveLength(1);
    expect(decide(record, policy, record.loadedAt + 11 * 60_000).attention).toMatchObject([
      { key: 'unreadable:0:refusal' },
    ]);
    shows({ status: 'paid' });
    await reconciler.reconcile(ref);
    const read = await recorded();
    expect(decide(read, policy, read.loadedAt + 11 * 60_000).attention).toEqual([]);
  });

  test('which a hint that comes meanwhile makes due at once', async () => {
    market.answers[`GET /api/orders/${ref.orderId}`] = { status: 404, text: 'Order not found' };
    await store.hint(ref, []);
    await expect(reconciler.reconcile(ref)).rejects.toThrow();
    await store.hint(ref, []);
    expect(Number(await redis.zscore(keys.open, `agt_1/${ref.orderId}`))).toBeLessThan(Date.now() + 1000);
  });

  test('now throws, so that it is tried again, and starts nothing', async () => {
    market.answers[`GET /api/orders/${ref.orderId}`] = { drop: true };
    await store.hint(ref, []);
    await expect(reconciler.reconcile(ref)).rejects.toThrow();
    expect(await stateOf(step('generate'))).toBe('unknown');
    expect((await recorded()).facts).toMatchObject([{ type: 'read_failed', observedAt: 0 }]);
    expect(await redis.zscore(keys.open, `agt_1/${ref.orderId}`)).not.toBeNull();
  });
});

test('a thread that we are not let read becomes a fact, and stops nothing else', async () => {
  shows({ status: 'revision_requested', revision_count: 1 });
  await store.hint(ref, [
    { type: 'message_intended', kind: 'ask_feedback', round: '1', content: 'What?' },
    { type: 'message_sent', kind: 'ask_feedback', round: '1', found: false },
  ]);
  market.answers[`GET /api/orders/${ref.orderId}/messages`] = { status: 401, text: 'Not yours' };
  expect(await reconciler.reconcile(ref)).toMatchObject({ stage: 'asking_buyer', readThread: '1' });
  const record = await recorded();
  expect(factOf(record, 'thread_unreadable', '1')?.reason).toContain('Not yours');
  expect(decide(record, policy, record.loadedAt + 11 * 60_000).attention).toMatchObject([
    { key: 'no_feedback:1', actions: ['release'] },
  ]);
  market.answers[`GET /api/orders/${ref.orderId}/messages`] = { data: [] };
  await reconciler.reconcile(ref);
  const readable = await recorded();
  expect(factOf(readable, 'thread_readable', '1')).toMatchObject({ index: 0 });
  expect(decide(readable, policy, readable.loadedAt + 11 * 60_000).attention).toEqual([]);

  market.answers[`GET /api/orders/${ref.orderId}/messages`] = { status: 401, text: 'Again not yours' };
  await reconciler.reconcile(ref);
  const again = await recorded();
  expect(decide(again, policy, again.loadedAt + 11 * 60_000).attention[0]?.reason).toContain('Again not');
});

test('a thread that cannot be had for an hour is told to a human, and the order is settled meanwhile', async () => {
  shows({ status: 'revision_requested', revision_count: 1 });
  await store.hint(ref, [
    { type: 'message_intended', kind: 'ask_feedback', round: '1', content: 'What?' },
    { type: 'message_sent', kind: 'ask_feedback', round: '1', found: false },
  ]);
  market.answers[`GET /api/orders/${ref.orderId}/messages`] = { drop: true };
  expect(await reconciler.reconcile(ref)).toMatchObject({ stage: 'asking_buyer' });
  const record = await recorded();
  expect(decide(record, policy, record.loadedAt + 11 * 60_000).attention).toEqual([]);
  expect(decide(record, policy, record.loadedAt + 61 * 60_000).attention).toMatchObject([
    { key: 'no_feedback:1' },
  ]);
});

test("the buyer's answer is found in the thread and starts the revision", async () => {
  shows({ status: 'revision_requested', revision_count: 1 });
  await store.hint(ref, [
    { type: 'message_intended', kind: 'ask_feedback', round: '1', content: 'What?' },
    { type: 'message_sent', kind: 'ask_feedback', round: '1', found: false },
  ]);
  const message = (sender_type: string, content: string) => ({ sender_type, content, sender_name: null });
  const thread = [message('client', 'Hi'), message('agent', 'What?')];
  market.answers[`GET /api/orders/${ref.orderId}/messages`] = () => ({ data: thread });
  expect(await reconciler.reconcile(ref)).toMatchObject({
    stage: 'asking_buyer',
    steps: [],
    readThread: '1',
  });
  thread.push(message('client', 'Bluer.'));
  expect((await reconciler.reconcile(ref))?.steps).toMatchObject([{ name: 'generate', round: '1' }]);
  expect(factOf(await recorded(), 'answer_found', '1')?.content).toBe('Bluer.');
});

test('a cancelled order loses the jobs that have not begun, and is finished', async () => {
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

test('a completed order is noted once with what it earned', async () => {
  shows({ status: 'completed', quoted_price_usd: '45.00', platform_fee_usd: '4.50', payout_tx_hash: '5x' });
  await store.hint(ref, []);
  expect(await reconciler.reconcile(ref)).toMatchObject({ stage: 'completed', facts: [], lookAgainAt: null });
  await reconciler.reconcile(ref);
  expect(factOf(await recorded(), 'completed')).toMatchObject({ netUsd: '40.50' });
});

test('a review that is due soon is told in the log once, however many look, and counted', async () => {
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
  expect(await store.urgentCount()).toBe(1);
});

test('what an earlier answer knew of the buyer survives one that knows less', async () => {
  await store.hint(ref, []);
  shows({ status: 'paid', client_name: 'Ada' });
  await reconciler.observe(await recorded());
  shows({ status: 'delivered' });
  await reconciler.observe(await recorded());
  expect((await recorded()).snapshot).toMatchObject({ status: 'delivered', clientName: 'Ada' });
});
