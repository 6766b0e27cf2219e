import { afterAll, beforeAll, expect, test } from 'vitest';
import { type System, startSystem } from './harness/system.ts';
import { place } from './harness/trade.ts';

const GAP_MS = 1500;

let system: System;
beforeAll(async () => {
  system = await startSystem({});
}, 60_000);
afterAll(() => system?.close(), 60_000);

/** The order must stay `paid` for a minute first, so this test takes a little longer than that. */
test('a delivery that the payment of an instant hire overwrote is made once more, with the same URL', async () => {
  await system.sandbox.put('/sandbox/behaviour', { x402_gap_ms: GAP_MS });
  const trade = await place(system, { kind: 'x402' });
  const becomes = (status: string, timeout: number) =>
    expect.poll(async () => (await trade.market()).order.status, { timeout, interval: 200 }).toBe(status);
  await becomes('delivered', 10_000);
  await becomes('paid', 10_000);
  await becomes('delivered', 110_000);
  const [first, second, ...more] = await trade.effects('orders.deliver');
  expect(more).toEqual([]);
  expect(second?.body).toBe(first?.body);
}, 150_000);
