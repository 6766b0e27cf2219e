import type { Fact, Step } from '@fulfillment/shared';
import { afterAll, expect, test } from 'vitest';
import { openDelivery, SILENT } from './test-support/delivery.ts';
import { after, answerLost, effectAfter, serverError, type Trade } from './test-support/trade.ts';

const app = await openDelivery({ policy: SILENT });
const { place, poke, facts, untilFact, done, job, tryAgainNow, attention, runtime } = app;
afterAll(() => app[Symbol.asyncDispose]());

const QUOTE: Step = { name: 'quote', round: '0', attempt: 0 };
const PRICED: Fact = { type: 'priced', handler: 'painter', priceUsd: '45.00' };
/** An order that waits for a price, with these faults for our quotes. */
async function asksForPrice(...faults: Trade['faults']['quote']): Promise<Trade> {
  const trade = await place({ status: 'pending_quote' });
  trade.faults.quote.push(...faults);
  await poke(trade.ref, [PRICED]);
  return trade;
}

test('a price is quoted after the intent is written', async () => {
  const trade = await asksForPrice();
  expect(await untilFact(trade, 'quoted')).toMatchObject({ priceUsd: '45.00', found: false });
  expect(trade.row).toMatchObject({ status: 'quoted', quoted_price_usd: '45.00' });
  expect(await facts(trade, 'quote_intended')).toHaveLength(1);
});

test("a quote whose answer was lost is found by the order's status", async () => {
  const trade = await asksForPrice(answerLost(true));
  await tryAgainNow(trade.ref, QUOTE);
  expect(await untilFact(trade, 'quoted')).toMatchObject({ found: true });
  expect(trade.count('quote')).toBe(1);
});

test('a quote that takes effect long after its connection broke is not repeated', async () => {
  const trade = await asksForPrice(effectAfter(2500));
  await tryAgainNow(trade.ref, QUOTE);
  expect(await untilFact(trade, 'quoted')).toMatchObject({ found: true });
  expect(trade.count('quote')).toBe(1);
});

test('a quote that did not take effect is repeated', async () => {
  const trade = await asksForPrice(serverError);
  await tryAgainNow(trade.ref, QUOTE);
  expect(await untilFact(trade, 'quoted')).toMatchObject({ found: false });
  expect(trade.count('quote')).toBe(2);
});

test('an order that was quoted by hand or cancelled is not quoted', async () => {
  const trade = await place({ status: 'pending_quote' });
  Object.assign(trade.row, { status: 'quoted', quoted_price_usd: '60.00' });
  await runtime.store.append(trade.ref, [PRICED]);
  await runtime.queues.ensure(trade.ref, QUOTE, Date.now());
  await done(trade.ref, QUOTE);
  expect(trade.count('quote')).toBe(0);
  expect(await facts(trade, 'quoted')).toEqual([]);
});

test('an order that is cancelled just before the call is not a failure', async () => {
  let row: Record<string, unknown> = {};
  const cancelled = () => {
    row.status = 'cancelled';
  };
  const trade = await place({ status: 'pending_quote' });
  row = trade.row;
  trade.faults.quote.push(after(cancelled, { status: 400, text: 'Cannot quote' }));
  await poke(trade.ref, [PRICED]);
  await done(trade.ref, QUOTE);
  expect(await facts(trade, 'failed')).toEqual([]);
  expect(await facts(trade, 'quoted')).toEqual([]);
});

test('a price that the marketplace rejects goes to attention', async () => {
  const trade = await asksForPrice({ takesEffect: false, answer: { status: 400, text: 'price too high' } });
  expect(await attention(trade.ref)).toMatch(/"quote" failed for good: .*price too high/);
});

test('a job that is retried by hand after its quote does nothing', async () => {
  const trade = await asksForPrice();
  await done(trade.ref, QUOTE);
  await (await job(trade.ref, QUOTE)).retry('completed');
  await done(trade.ref, QUOTE);
  expect(trade.count('quote')).toBe(1);
});
