import { gate, newOrder, openRuntime, until } from '@fulfillment/platform/test-support';
import type { OrderRef } from '@fulfillment/shared';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { LatePokes } from './late-pokes.ts';
import { Rush } from './rush.ts';

const { runtime, lines, ...app } = await openRuntime();
const { queues, log } = runtime;
afterAll(() => app[Symbol.asyncDispose]());

beforeEach(() => queues.get('orders').drain());

const calm = new Rush();

const poked = async () =>
  (await queues.get('orders').getJobs(['wait'])).map((job) => job.data.orderId as string).sort();
const idsOf = (refs: OrderRef[]) => refs.map(({ orderId }) => orderId).sort();

test('an order is poked at once when few webhooks come', async () => {
  const ref = newOrder();
  new LatePokes(queues, calm, log).ask(ref);
  await until('the poke', async () => (await poked()).includes(ref.orderId));
});

test('in a rush nothing is poked. After the rush every order is, and an order with two webhooks once', async () => {
  const rush = gate();
  const pokes = new LatePokes(queues, { passed: () => rush.opened }, log);
  const refs = Array.from({ length: 250 }, newOrder);
  for (const ref of [...refs, ...refs]) pokes.ask(ref);
  expect(await poked()).toEqual([]);
  rush.open();
  await until('the pokes', async () => (await poked()).length === refs.length);
  expect(await poked()).toEqual(idsOf(refs));
});

test('an order that is asked for while others are poked is poked next', async () => {
  const [poking, go] = [gate(), gate()];
  const told: OrderRef[][] = [];
  const slow = {
    async pokeAll(refs: readonly OrderRef[]) {
      told.push([...refs]);
      poking.open();
      await go.opened;
    },
  };
  const pokes = new LatePokes(slow, calm, log);
  const [first, second] = [newOrder(), newOrder()];
  pokes.ask(first);
  await poking.opened;
  pokes.ask(second);
  go.open();
  await until('both', () => told.length === 2);
  expect(told).toEqual([[first], [second]]);
});

test('pokes that Redis does not take are logged, and hold up no later ones', async () => {
  const failing = { pokeAll: () => Promise.reject(new Error('Redis is away')) };
  const pokes = new LatePokes(failing, calm, log);
  const told = () => lines.filter(({ msg }) => msg === 'not poked: left to the sweep');
  pokes.ask(newOrder());
  await until('the first line', () => told().length === 1);
  pokes.ask(newOrder());
  await until('the second line', () => told().length === 2);
  expect(told()[0]).toMatchObject({ orders: 1, reason: 'Redis is away' });
});
