import { gate, newOrder, openRuntime, until } from '@fulfillment/platform/test-support';
import type { OrderRef } from '@fulfillment/shared';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { LateReconciles } from './late-reconciles.ts';
import { Rush } from './rush.ts';

const { runtime, lines, ...app } = await openRuntime();
const { queues, log } = runtime;
afterAll(() => app[Symbol.asyncDispose]());

beforeEach(() => queues.get('orders').drain());

const calm = new Rush();
const idsOf = (refs: readonly OrderRef[]) => refs.map(({ orderId }) => orderId).sort();
const poked = async () =>
  (await queues.get('orders').getJobs(['wait'])).map((job) => job.data.orderId as string).sort();

/** Reconciles that end when the test says so. */
function open(change: Partial<ConstructorParameters<typeof LateReconciles>[0]> = {}) {
  const begun: OrderRef[] = [];
  const end = gate();
  const stop = new AbortController();
  const reconciler = {
    async reconcile(ref: OrderRef) {
      begun.push(ref);
      await end.opened;
      return null;
    },
  };
  const common = { queues, reconciler, rush: calm, log, stopping: stop.signal };
  return { late: new LateReconciles({ ...common, ...change }), begun, end, stop };
}

test('a few orders are reconciled at once here, and the queue takes the others', async () => {
  const { late, begun, end } = open();
  const refs = Array.from({ length: 10 }, newOrder);
  for (const ref of refs) late.ask(ref);
  await until('the pokes', async () => (await poked()).length === 6);
  expect(begun).toHaveLength(4);
  expect([...(await poked()), ...idsOf(begun)].toSorted()).toEqual(idsOf(refs));
  end.open();
  const next = newOrder();
  await until('room', async () => {
    late.ask(next);
    return begun.includes(next);
  });
});

test('in a rush nothing is reconciled. After it every order is, and an order with two webhooks once', async () => {
  const rush = gate();
  const { late, begun } = open({ rush: { passed: () => rush.opened } });
  const refs = Array.from({ length: 250 }, newOrder);
  for (const ref of [...refs, ...refs]) late.ask(ref);
  expect([...begun, ...(await poked())]).toEqual([]);
  rush.open();
  await until('the pokes', async () => (await poked()).length === 246);
  expect([...(await poked()), ...idsOf(begun)].toSorted()).toEqual(idsOf(refs));
});

test('a webhook of an order that is reconciled here goes to the queue', async () => {
  const { late, begun } = open();
  const ref = newOrder();
  late.ask(ref);
  await until('its begin', () => begun.length === 1);
  late.ask(ref);
  await until('the poke', async () => (await poked()).includes(ref.orderId));
  expect(begun).toHaveLength(1);
});

test('a reconcile that fails is left to the queue, which tries again', async () => {
  const reconciler = { reconcile: () => Promise.reject(new Error('the marketplace is away')) };
  const { late } = open({ reconciler });
  const ref = newOrder();
  late.ask(ref);
  await until('the poke', async () => (await poked()).includes(ref.orderId));
  expect(lines).toContainEqual(
    expect.objectContaining({ ...ref, reason: 'the marketplace is away', msg: expect.any(String) }),
  );
});

test('while the queue is paused, nothing is reconciled', async () => {
  const { late, begun } = open();
  const ref = newOrder();
  await queues.get('orders').pause();
  try {
    late.ask(ref);
    await until('the poke', async () => (await poked()).includes(ref.orderId));
    expect(begun).toEqual([]);
  } finally {
    await queues.get('orders').resume();
  }
});

test('a process that stops leaves its orders to the queue', async () => {
  const { late, begun, stop } = open();
  const [running, asked] = [newOrder(), newOrder()];
  late.ask(running);
  await until('its begin', () => begun.length === 1);
  stop.abort();
  late.ask(asked);
  await until('the pokes', async () => (await poked()).length === 2);
  expect(await poked()).toEqual(idsOf([running, asked]));
  expect(begun).toEqual([running]);
});

test('pokes that Redis does not take are logged, and hold up no later ones', async () => {
  const failing = { get: queues.get.bind(queues), pokeAll: () => Promise.reject(new Error('Redis is away')) };
  const reconciler = { reconcile: () => Promise.reject(new Error('Redis is away')) };
  const { late } = open({ queues: failing, reconciler });
  const told = () => lines.filter(({ msg }) => msg === 'not poked: left to the sweep');
  late.ask(newOrder());
  await until('the first line', () => told().length === 1);
  late.ask(newOrder());
  await until('the second line', () => told().length === 2);
  expect(told()[0]).toMatchObject({ orders: 1, reason: 'Redis is away' });
});
