/**
 * Hours of selling out of one budget: the real script, on simulated time, against the counter that
 * the marketplace keeps.
 */

import { seededRandom } from '@fulfillment/shared/seeded-random';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { needlessRefusals, windowsOf } from '../test-support/refusals.ts';
import { openScratch } from '../test-support/scratch.ts';
import { Timeline, type Trade, trade } from '../test-support/shop.ts';
import { Budget } from './budget.ts';

const scratch = await openScratch();
afterAll(() => scratch[Symbol.asyncDispose]());

const HOUR = 3_600_000;
const MINUTE = 60_000;
const HOURS = 6;
const SEED = 1;
const SHOPS = 24;

/** Orders come at this rate, one at a random time in each interval. */
interface Shop {
  anHour: number;
  seed: number;
  generationMs: number;
}

/**
 * The same shops in each run: the budget forecasts orders that come at random, and a forecast can
 * be wrong. The tests bound how often it is.
 */
function shops(fastest: number): Shop[] {
  const shop = fc.record({
    anHour: fc.integer({ min: 1, max: fastest }),
    seed: fc.nat(),
    generationMs: fc.constantFrom(100, 20_000, 2 * MINUTE),
  });
  return fc.sample(shop, { seed: SEED, numRuns: SHOPS });
}

let egress = 0;
async function sell({ anHour, seed, generationMs }: Shop, hearsWebhooks: boolean) {
  egress += 1;
  const time = new Timeline();
  const limits = { windowSeconds: 3600, deliveries: 30 };
  const budget = new Budget(scratch.redis, scratch.keys, {
    egressId: `egress-${egress}`,
    limits,
    clock: () => time.now,
  });
  const random = seededRandom(seed);
  const orders = Array.from({ length: anHour * HOURS }, (_, turn) =>
    Math.round(((turn + random()) * HOUR) / anHour),
  );
  const traded = await trade(budget, time, {
    orders,
    until: HOURS * HOUR,
    hearsWebhooks,
    generationMs: () => Math.round(generationMs * (0.5 + random())),
    latencyMs: () => Math.round(30 + 400 * random()),
  });
  return { orders, ...traded };
}

/** From the second window on, because the first hour is unpredictable. */
const needless = ({ calls }: Trade) =>
  windowsOf(calls, HOUR)
    .slice(1)
    .flatMap((window) => needlessRefusals(window, { windowMs: HOUR, ceiling: 30 }));
const count = ({ done }: Trade, what: Trade['done'][number]['what']) =>
  done.filter((call) => call.what === what).length;
const paidBefore = (orders: readonly number[], time: number) => orders.filter((at) => at < time).length;

/** The share of deliveries that were refused although a poll or message could have waited. */
const needlessShare = (sales: readonly Trade[]) =>
  sales.flatMap(needless).length / sales.reduce((sum, sale) => sum + count(sale, 'deliver'), 0);

test('reported by webhooks, every order up to the ceiling is delivered, and none is refused for what could have waited', async () => {
  const sales: Trade[] = [];
  for (const shop of shops(30)) {
    const sold = await sell(shop, true);
    expect(count(sold, 'deliver')).toBeGreaterThanOrEqual(paidBefore(sold.orders, (HOURS - 1) * HOUR));
    sales.push(sold);
  }
  expect(needlessShare(sales)).toBeLessThan(1 / 1000);
}, 60_000);

test('waiting messages go before the next hour ends, above the ceiling of deliveries', async () => {
  for (const shop of shops(28)) {
    const sold = await sell(shop, true);
    expect(Math.max(...sold.messageWaits)).toBeLessThan(2 * HOUR);
    expect(count(sold, 'message')).toBeGreaterThanOrEqual(paidBefore(sold.orders, (HOURS - 3) * HOUR));
  }
}, 60_000);

test('with polls alone, orders are delivered, too, and polls leave room for the orders that they find', async () => {
  const sales: Trade[] = [];
  for (const shop of shops(24)) {
    const sold = await sell(shop, false);
    expect(count(sold, 'deliver')).toBeGreaterThanOrEqual(paidBefore(sold.orders, (HOURS - 2) * HOUR));
    sales.push(sold);
  }
  expect(needlessShare(sales)).toBeLessThan(1 / 1000);
}, 60_000);
