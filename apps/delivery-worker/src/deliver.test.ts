import { gate, until } from '@fulfillment/platform/test-support';
import { MAX_UNKNOWN_OUTCOMES, stepKey } from '@fulfillment/shared';
import { afterAll, describe, expect, test } from 'vitest';
import { startDelivery } from './delivery.ts';
import { DELIVER, generated, openDelivery, SILENT } from './test-support/delivery.ts';
import { after, answerLost, effectAfter, refusedFor, serverError } from './test-support/trade.ts';

const app = await openDelivery({ policy: SILENT });
const { place, poke, facts, untilFact, done, job, tryAgainNow, attention, runtime } = app;
afterAll(() => app[Symbol.asyncDispose]());

const CAT = 'https://files.example/cat.png';
const NOTE = 'https://files.example/note.txt';
const typesOf = async (trade: { ref: Parameters<typeof app.record>[0] }) =>
  (await app.record(trade.ref)).facts.map(({ type }) => type);

describe('a round that is generated', () => {
  test('is delivered after the intent is written', async () => {
    const trade = await place({}, [generated('0', CAT)]);
    expect(await untilFact(trade, 'delivered')).toMatchObject({ round: '0', found: false });
    expect(trade.deliverables).toEqual([{ deliverable_url: CAT, status: 'completed' }]);
    const types = await typesOf(trade);
    expect(types.indexOf('delivery_intended')).toBeGreaterThan(-1);
    expect(types.indexOf('delivery_intended')).toBeLessThan(types.indexOf('delivered'));
  });

  test('has the status that the answer to the delivery names, before anybody reads the order again', async () => {
    const trade = await place({}, [generated('0', CAT)]);
    expect(await untilFact(trade, 'delivered')).toMatchObject({ status: 'delivered' });
    await done(trade.ref, DELIVER);
    expect((await app.record(trade.ref)).snapshot).toMatchObject({ status: 'paid' });
    const listed = (await runtime.store.index.list('all', 0, 100)).find(
      ({ orderId }) => orderId === trade.ref.orderId,
    );
    expect(listed).toMatchObject({ status: 'delivered', stage: 'in_review' });
  });

  test('is delivered to an order with an expired workspace, but not over a manual delivery', async () => {
    const expired = await place({ status: 'delivered', deliverable_url: null }, [generated('0', CAT)]);
    await untilFact(expired, 'delivered');
    expect(expired.count('deliver')).toBe(1);
    const byHand = await place({ status: 'delivered', deliverable_url: NOTE }, [generated('0', CAT)]);
    expect((await app.record(byHand.ref)).snapshot).toMatchObject({ hasDeliverables: true });
    expect(byHand.count('deliver')).toBe(0);
  });

  test('with several files is delivered in one call', async () => {
    const trade = await place({}, [generated('0', CAT, NOTE)]);
    await untilFact(trade, 'delivered');
    expect(trade.deliverables.map((row) => row.deliverable_url)).toEqual([CAT, NOTE]);
    expect(trade.count('deliver')).toBe(1);
  });

  test('and is already on the marketplace is found, not delivered again', async () => {
    const trade = await place({ status: 'paid' });
    trade.deliverables.push({ deliverable_url: CAT, status: 'superseded' });
    await poke(trade.ref, [generated('0', CAT)]);
    expect(await untilFact(trade, 'delivered')).toMatchObject({ found: true });
    expect(trade.count('deliver')).toBe(0);
  });

  test('of a revision is delivered beside the first', async () => {
    const trade = await place({}, [generated('0', CAT)]);
    await untilFact(trade, 'delivered');
    Object.assign(trade.row, { status: 'revision_requested', revision_count: 1 });
    const asked = { type: 'revision_requested', revision: 1, feedback: 'A note', isExtra: false } as const;
    await poke(trade.ref, [asked, generated('1', NOTE)]);
    await done(trade.ref, { ...DELIVER, round: '1' });
    expect(trade.deliverables.map((row) => row.deliverable_url)).toEqual([CAT, NOTE]);
  });
});

describe('a delivery of unknown outcome', () => {
  test('whose answer was lost is found on the marketplace', async () => {
    const trade = await place({ status: 'pending_quote' });
    trade.row.status = 'paid';
    trade.faults.deliver.push(answerLost(true));
    await poke(trade.ref, [generated('0', CAT)]);
    await tryAgainNow(trade.ref, DELIVER);
    expect(await untilFact(trade, 'delivered')).toMatchObject({ found: true });
    expect(trade.count('deliver')).toBe(1);
  });

  test.each([
    ['the connection broke', answerLost(false)],
    ['the marketplace failed', serverError],
  ])('and it did not, since %s, the delivery is repeated', async (_why, fault) => {
    const trade = await place({ status: 'pending_quote' });
    trade.row.status = 'paid';
    trade.faults.deliver.push(fault);
    await poke(trade.ref, [generated('0', CAT)]);
    await tryAgainNow(trade.ref, DELIVER);
    expect(await untilFact(trade, 'delivered')).toMatchObject({ found: false });
    expect(trade.count('deliver')).toBe(2);
    expect(trade.deliverables).toHaveLength(1);
  });

  test('whose mark is damaged counts as begun now, so the delivery waits and is sent once', async () => {
    const trade = await place({ status: 'pending_quote' });
    trade.row.status = 'paid';
    const field = `write:${stepKey(DELIVER)}`;
    await runtime.redis.hset(runtime.keys.record(trade.ref), field, '{"id":"x","begu');
    await poke(trade.ref, [generated('0', CAT)]);
    await until('a whole mark', async () => {
      const mark = await runtime.redis.hget(runtime.keys.record(trade.ref), field);
      return mark?.includes('"begunAt":');
    });
    expect(trade.count('deliver')).toBe(0);
    expect(await untilFact(trade, 'delivered')).toMatchObject({ found: false });
    expect(trade.count('deliver')).toBe(1);
  });

  test('that may still take effect holds the order without using tries', async () => {
    const trade = await place({ status: 'pending_quote' });
    trade.row.status = 'paid';
    trade.faults.deliver.push(effectAfter(2500));
    await poke(trade.ref, [generated('0', CAT)]);
    await tryAgainNow(trade.ref, DELIVER);
    expect(await untilFact(trade, 'delivered')).toMatchObject({ found: true });
    expect(trade.count('deliver')).toBe(1);
    expect(trade.deliverables).toHaveLength(1);
    await done(trade.ref, DELIVER);
    expect((await job(trade.ref, DELIVER)).attemptsMade).toBe(2);
  });

  test('is not repeated while the order cannot be read', async () => {
    const trade = await place({ status: 'pending_quote' });
    trade.row.status = 'paid';
    trade.faults.deliver.push(answerLost(true));
    // The reconciler makes the first read, and the step makes the second.
    trade.faults.read.push(null, null, serverError);
    await poke(trade.ref, [generated('0', CAT)]);
    await tryAgainNow(trade.ref, DELIVER);
    await tryAgainNow(trade.ref, DELIVER);
    expect(await untilFact(trade, 'delivered')).toMatchObject({ found: true });
    expect(trade.count('deliver')).toBe(1);
  });

  test('that stays unknown goes to attention with the error', async () => {
    const trade = await place({ status: 'pending_quote' });
    trade.row.status = 'paid';
    trade.faults.deliver.push(answerLost(false), answerLost(false));
    await poke(trade.ref, [generated('0', CAT)]);
    const delivery = await job(trade.ref, DELIVER);
    await app.untilState(delivery, 'delayed');
    await delivery.updateData({ ...delivery.data, unknowns: MAX_UNKNOWN_OUTCOMES - 1 });
    await delivery.promote();
    expect(await attention(trade.ref)).toMatch(
      /^The step "deliver" failed for good: the outcome of 20 tries is unknown. The last: /,
    );
    expect(trade.deliverables).toEqual([]);
    await poke(trade.ref);
    expect(trade.count('deliver')).toBe(2);
  });
});

describe('when the order has moved on', () => {
  test('before the call, nothing is delivered', async () => {
    const trade = await place({ status: 'paid' });
    await poke(trade.ref, []);
    trade.row.status = 'cancelled';
    // The record still says `paid`. Only the step's own read can show the change.
    await runtime.store.append(trade.ref, [generated('0', CAT)]);
    await runtime.queues.ensure(trade.ref, DELIVER, Date.now());
    await done(trade.ref, DELIVER);
    expect(trade.count('deliver')).toBe(0);
    expect(await facts(trade.ref, 'delivered')).toEqual([]);
  });

  test('just before the call, its rejection is not a failure', async () => {
    const trade = await place({ status: 'pending_quote' });
    trade.row.status = 'paid';
    const cancelled = () => {
      trade.row.status = 'cancelled';
    };
    trade.faults.deliver.push(
      after(cancelled, { status: 400, text: 'Cannot deliver order with status "cancelled"' }),
    );
    await poke(trade.ref, [generated('0', CAT)]);
    await done(trade.ref, DELIVER);
    expect(await facts(trade.ref, 'delivered')).toEqual([]);
    expect(await facts(trade.ref, 'failed')).toEqual([]);
  });

  test('a rejection for an order that still waits goes to attention', async () => {
    const trade = await place({ status: 'pending_quote' });
    trade.row.status = 'paid';
    trade.faults.deliver.push({
      takesEffect: false,
      answer: { status: 400, text: 'deliverable_url must be public' },
    });
    await poke(trade.ref, [generated('0', CAT)]);
    expect(await attention(trade.ref)).toMatch(/"deliver" failed for good: .*deliverable_url must be public/);
    expect(trade.count('deliver')).toBe(1);
  });
});

test('a job that is retried by hand after its delivery does nothing', async () => {
  const trade = await place({}, [generated('0', CAT)]);
  await done(trade.ref, DELIVER);
  await (await job(trade.ref, DELIVER)).retry('completed');
  await done(trade.ref, DELIVER);
  expect(trade.count('deliver')).toBe(1);
});

test('two workers with the same round deliver it once', async () => {
  await using other = await openDelivery({ policy: SILENT, beside: app });
  startDelivery({ runtime: other.runtime, artifacts: app.artifacts }, 4);
  const trade = await place({ status: 'pending_quote' });
  trade.row.status = 'paid';
  const [arrived, leave] = [gate(), gate()];
  const deliver = app.market.answers[`POST /api/orders/${trade.orderId}/deliver`];
  app.market.answers[`POST /api/orders/${trade.orderId}/deliver`] = async (call) => {
    arrived.open();
    await leave.opened;
    return typeof deliver === 'function' ? deliver(call) : (deliver ?? {});
  };
  await poke(trade.ref, [generated('0', CAT)]);
  await arrived.opened;
  // As after a stall: a second job for the step that the first job is still running.
  const { name, data } = await job(trade.ref, DELIVER);
  const second = await runtime.queues.get('delivery').add(name, data, { jobId: 'second' });
  await app.untilState(second, 'delayed');
  leave.open();
  await untilFact(trade, 'delivered');
  await second.promote();
  await app.untilState(second, 'completed');
  expect(trade.count('deliver')).toBe(1);
});

test('a rate-limited delivery uses no try, and the worker pauses meanwhile', async () => {
  await using throttled = await openDelivery({ policy: SILENT });
  const trade = await throttled.place({ status: 'pending_quote' });
  trade.row.status = 'paid';
  trade.faults.deliver.push(refusedFor(1));
  await throttled.poke(trade.ref, [generated('0', CAT)]);
  await throttled.done(trade.ref, DELIVER);
  expect(trade.count('deliver')).toBe(2);
  expect((await throttled.job(trade.ref, DELIVER)).attemptsMade).toBe(1);
  expect(await throttled.facts(trade.ref, 'rate_limited')).toMatchObject([
    { stepKey: 'deliver:0', attempt: 0 },
  ]);
  expect(throttled.lines).toContainEqual(
    expect.objectContaining({ msg: 'worker pauses: the marketplace refuses its calls' }),
  );
});
