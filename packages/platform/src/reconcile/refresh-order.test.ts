import { decide, type OrderRef, parseOrder, type Step } from '@fulfillment/shared';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { orderRow } from '../test-support/market.ts';
import { openReconciling } from '../test-support/reconciling.ts';

const reconciling = await openReconciling();
const { redis, keys, lines, market, store, policy, reconciler, shows, stateOf, recorded, reads } =
  reconciling;
afterAll(() => reconciling[Symbol.asyncDispose]());

let ref: OrderRef;
beforeEach(() => {
  ref = reconciling.nextOrder();
});

const step = (name: 'price' | 'generate' | 'deliver'): Step => ({ name, round: '0', attempt: 0 });
const DENIED = { status: 403, text: 'Not authorized to view this order' };

describe('an order that cannot be read', () => {
  test('since the answer is malformed is read again, needs a human after ten minutes, and then continues', async () => {
    shows({ id: 'ord_other' });
    await store.hint(ref, []);
    for (let time = 0; time < 2; time += 1)
      await expect(reconciler.reconcile(ref)).rejects.toThrow('The marketplace gave');
    expect(reads()).toBe(2);
    expect(Number(await redis.zscore(keys.open, `agt_1/${ref.orderId}`))).toBeGreaterThan(
      Date.now() + 10_000,
    );
    const broken = await recorded();
    expect(broken.facts.map(({ type }) => type)).toEqual(['read_failed']);
    const decision = decide(broken, policy, broken.loadedAt + 11 * 60_000);
    expect(decision).toMatchObject({ readOrder: true, attention: [{ actions: ['acknowledge'] }] });
    expect(decision.attention[0]?.reason).toContain('cannot be read: The marketplace gave');
    shows({ status: 'paid' });
    expect(await reconciler.reconcile(ref)).toMatchObject({ stage: 'generating', attention: [] });
  });

  test("because it is shown as another agent's, although it was ours, is read again as well", async () => {
    shows({ status: 'paid' });
    await store.hint(ref, []);
    await reconciler.reconcile(ref);
    shows({ provider_agent_id: 'agt_9' });
    await store.hint(ref, []);
    await expect(reconciler.reconcile(ref)).rejects.toThrow('belongs to another agent');
    shows({ status: 'paid' });
    expect(await reconciler.reconcile(ref)).toMatchObject({ stage: 'generating', attention: [] });
  });

  test('but continues from the list is due at its own next check, if that is before the next read', async () => {
    const created_at = new Date(Date.now() - 48 * 3600_000 + 5000).toISOString();
    market.answers[`GET /api/orders/${ref.orderId}`] = { status: 404, text: 'Order not found' };
    await store.hint(ref, [{ type: 'heard', event: 'order.paid', bodyHash: 'a' }]);
    await expect(reconciler.reconcile(ref)).rejects.toThrow();
    const snapshot = parseOrder(orderRow(ref.orderId, { created_at }));
    const askedAt = (await store.now()) + 1;
    await store.observe(ref, { snapshot, askedAt, via: 'poll', hintsAnswered: null });
    const decision = await reconciler.reconcile(ref);
    expect(decision?.dueAt).toBeLessThan(Date.now() + 6000);
    expect(Number(await redis.zscore(keys.open, `agt_1/${ref.orderId}`))).toBe(decision?.dueAt);
  });

  test.each([
    ['is not there yet', { status: 404, text: 'Order not found' }],
    ['has a page of a proxy before it', { status: 403, html: '<html>Forbidden</html>' }],
  ])('since it %s is read again, and then continues', async (_, answer) => {
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
  ])('because it %s ends silently, until the next event', async (_, provider_agent_id) => {
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

  test('and was ours before is shown to a human, does not vanish, and continues once it can be read', async () => {
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

  test('by a key that stays wrong is shown to a human while the reads go on', async () => {
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

  test('but is known by webhook is served once the list shows it, and attention shows the failed reads', async () => {
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

  test('is due at once after a hint', async () => {
    market.answers[`GET /api/orders/${ref.orderId}`] = { status: 404, text: 'Order not found' };
    await store.hint(ref, []);
    await expect(reconciler.reconcile(ref)).rejects.toThrow();
    await store.hint(ref, []);
    expect(Number(await redis.zscore(keys.open, `agt_1/${ref.orderId}`))).toBeLessThan(Date.now() + 1000);
  });

  test('throws so that the read is retried, and starts nothing', async () => {
    market.answers[`GET /api/orders/${ref.orderId}`] = { drop: true };
    await store.hint(ref, []);
    await expect(reconciler.reconcile(ref)).rejects.toThrow();
    expect(await stateOf(step('generate'))).toBe('unknown');
    expect((await recorded()).facts).toMatchObject([{ type: 'read_failed', observedAt: 0 }]);
    expect(await redis.zscore(keys.open, `agt_1/${ref.orderId}`)).not.toBeNull();
  });
});
