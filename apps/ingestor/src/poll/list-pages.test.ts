import { newOrder, openRuntime, orderRow } from '@fulfillment/platform/test-support';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { mayGoOn } from './list-pages.ts';
import { poll } from './poll.ts';

const app = await openRuntime({ env: { BUDGET_CALLS: '1000' } });
const { runtime, settings, market } = app;
const { redis, keys, store, reconciler } = runtime;
afterAll(() => app[Symbol.asyncDispose]());

const LIST = 'GET /api/agents/agt_1/orders';
/** The orders that wait on the marketplace, newest first. */
let waiting: string[] = [];
/**
 * The number of orders on a page. Null means as today: the list is whole and the page is ignored.
 */
let pageSize: number | null = null;

beforeEach(async () => {
  waiting = [];
  pageSize = null;
  await redis.del(keys.polling('agt_1'), keys.listed('agt_1'), keys.budget('default'));
  market.answers['GET /api/agents/agt_1/services'] = { data: [] };
  market.answers[LIST] = ({ query }) => {
    const size = pageSize === null ? waiting.length : Math.min(pageSize, Number(query.get('limit')));
    const first = pageSize === null ? 0 : (Number(query.get('page')) - 1) * size;
    return { data: waiting.slice(first, first + size).map((id) => orderRow(id)) };
  };
});

function place(count: number): string[] {
  const ids = Array.from({ length: count }, () => newOrder().orderId);
  waiting.unshift(...ids);
  for (const id of ids)
    market.answers[`GET /api/orders/${id}`] = { data: { order: orderRow(id), deliverables: [] } };
  return ids;
}
/**
 * Polls.
 * @returns the number of list calls.
 */
async function pollNow(): Promise<number> {
  market.calls.length = 0;
  await redis.hdel(keys.polling('agt_1'), 'polledAt');
  await poll(runtime, settings, 'agt_1');
  return market.calls.filter(({ path }) => path.endsWith('/orders')).length;
}
const ref = (orderId: string) => ({ agentId: 'agt_1', orderId });
const areKnown = async (ids: readonly string[]) =>
  (await Promise.all(ids.map((id) => store.load(ref(id))))).every((record) => record !== null);
const hintsOf = async (id: string) => (await store.load(ref(id)))?.hints;

describe('a complete list', () => {
  test('takes one call, however long it is', async () => {
    for (const count of [1, 3, 7, 88, 120]) {
      place(count);
      expect(await pollNow()).toBe(1);
    }
  });

  test('that is as long as a usual page is read with a second page once a day', async () => {
    const ids = place(20);
    expect(await pollNow()).toBe(2);
    expect(await pollNow()).toBe(1);
    place(30);
    expect(await pollNow()).toBe(1);
    expect(await areKnown(ids)).toBe(true);
  });
});

describe('a list with pages', () => {
  test('is read to its end from the first poll on', async () => {
    pageSize = 10;
    const ids = place(37);
    expect(await pollNow()).toBe(4);
    expect(await areKnown(ids)).toBe(true);
    expect(await pollNow()).toBe(4);
    for (const id of ids) expect(await hintsOf(id)).toBe(0);
    waiting.length = 4;
    expect(await pollNow()).toBe(1);
  });

  test('whose last page is full ends with an empty page', async () => {
    pageSize = 10;
    const ids = place(20);
    expect(await pollNow()).toBe(3);
    expect(await areKnown(ids)).toBe(true);
  });

  test('is recognised by a missing order that still waits', async () => {
    const ids = place(9);
    await pollNow();
    pageSize = 4;
    const late = place(1);
    expect(await pollNow()).toBe(1);
    for (const id of ids) await reconciler.reconcile(ref(id));
    const [hidden = ''] = place(1);
    waiting = [...waiting.filter((id) => id !== hidden), hidden];
    expect(await pollNow()).toBe(3);
    expect(await areKnown([...ids, ...late, hidden])).toBe(true);
  });

  test('that is complete again is read in one call again', async () => {
    pageSize = 10;
    place(25);
    await pollNow();
    pageSize = null;
    expect(await pollNow()).toBe(2);
    expect(await pollNow()).toBe(1);
  });

  test('with a page held back by the budget loses no order, and is polled again at the next tick', async () => {
    pageSize = 10;
    const ids = place(30);
    await pollNow();
    const state = await redis.hgetall(keys.polling('agt_1'));
    const list = market.answers[LIST];
    market.answers[LIST] = (call) =>
      call.query.get('page') === '1' && typeof list === 'function'
        ? list(call)
        : { status: 429, headers: { 'retry-after': '60' } };
    const [fresh = ''] = place(1);
    expect(await pollNow()).toBe(2);
    expect(await areKnown([fresh])).toBe(true);
    for (const id of ids) expect(await hintsOf(id)).toBe(0);
    expect(await redis.hget(keys.polling('agt_1'), 'polledAt')).toBeNull();
    expect(await redis.scard(keys.listed('agt_1'))).toBe(31);
    expect(state.pageSize).toBe('10');
  });
});

test('whether there may be another page', () => {
  const unknown = { pageSize: null, ignoredAt: 0 };
  expect([0, 9, 12, 101].map((length) => mayGoOn(length, unknown, 1e12))).toEqual(['no', 'no', 'no', 'no']);
  expect([10, 25, 50, 100].map((length) => mayGoOn(length, unknown, 1e12))).toEqual(Array(4).fill('perhaps'));
  expect(mayGoOn(50, { pageSize: null, ignoredAt: 1e12 - 1 }, 1e12)).toBe('no');
  expect([3, 4, 9].map((length) => mayGoOn(length, { pageSize: 4, ignoredAt: 0 }, 1e12))).toEqual([
    'no',
    'known',
    'known',
  ]);
});
