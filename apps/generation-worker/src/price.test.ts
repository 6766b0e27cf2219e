import type { HandlerContext } from '@fulfillment/handlers';
import { jobFor } from '@fulfillment/shared';
import { afterAll, describe, expect, test } from 'vitest';
import { openGeneration, PRICE } from './test-support/generation.ts';

const app = await openGeneration();
const { runtime, placeFor, untilFact, facts, attention, job, tryAgainNow } = app;
afterAll(() => app[Symbol.asyncDispose]());

const toQuote = { status: 'pending_quote', quoted_price_usd: null };
/** An order to quote, whose handler gives this answer. */
const orderAsking = (answer: (ctx: HandlerContext) => unknown, attempts = 3) =>
  placeFor({ name: 'estimator', attempts, quote: (ctx) => answer(ctx) as string }, toQuote);

describe('a handler that is asked for a price', () => {
  test.each([
    ['45', '45.00'],
    ['45.5', '45.50'],
    ['0.01', '0.01'],
    ['1000000.00', '1000000.00'],
  ])('may answer %j, and %s is quoted next', async (answer, priceUsd) => {
    const ref = await orderAsking(async () => answer);
    expect(await untilFact(ref, 'priced')).toMatchObject({ handler: 'estimator', priceUsd });
    const quote = jobFor(ref, { name: 'quote', round: '0', attempt: 0 });
    expect(await job(ref, { name: 'quote', round: '0', attempt: 0 })).toMatchObject({ id: quote.jobId });
  });

  test.each<[unknown, RegExp]>([
    ['1,500', /"1,500" is not a decimal price/],
    ['0', /below the least price/],
    ['0.00', /below the least price/],
    ['0.004', /is not a decimal price/],
    ['1000000.01', /above the highest price/],
    ['NaN', /"NaN" is not a decimal price/],
    ['-5', /is not a decimal price/],
    ['1e3', /is not a decimal price/],
    ['$45', /is not a decimal price/],
    [' 45', /is not a decimal price/],
    ['', /is not a decimal price/],
    ['9'.repeat(400), /above the highest price/],
    [45, /not number 45/],
    [Number.NaN, /not number NaN/],
    [undefined, /not nothing/],
    [null, /not nothing/],
    [{}, /not an object/],
    [{ refuse: 5 }, /not an object/],
  ])('and answers %j sends the order to attention, and quotes nothing', async (answer, reason) => {
    const ref = await orderAsking(() => answer);
    const told = await attention(ref);
    expect(told).toMatch(/^Handler "estimator" gave a price that cannot be quoted: /);
    expect(told).toMatch(reason);
    expect(await facts(ref, 'priced')).toEqual([]);
    expect(await facts(ref, 'began')).toHaveLength(1);
  });

  test('may decline: attention shows the reason, and nothing is quoted', async () => {
    const ref = await orderAsking(() => ({ refuse: 'No cats today.' }));
    expect(await attention(ref)).toMatch(/^Handler "estimator" declined to quote: No cats today\.\n/);
    const quote = jobFor(ref, { name: 'quote', round: '0', attempt: 0 });
    expect(await runtime.queues.get('delivery').getJobState(quote.jobId)).toBe('unknown');
  });

  test('may limit the validity of its quotes', async () => {
    const ref = await placeFor({ name: 'brief', quote: () => '45', quoteValidHours: 24 }, toQuote);
    expect(await untilFact(ref, 'priced')).toMatchObject({ priceUsd: '45.00', validHours: 24 });
  });

  test('and declined is asked again when an operator retries', async () => {
    let asked = 0;
    const ref = await orderAsking(() => {
      asked += 1;
      return asked < 2 ? { refuse: 'No cats today.' } : '45';
    });
    await untilFact(ref, 'refused');
    await app.poke(ref, [{ type: 'operator_retried', stepKey: 'price:0', attempt: 0, by: 'ada' }]);
    await untilFact(ref, 'priced');
  });

  test('and throws is retried', async () => {
    let calls = 0;
    const ref = await orderAsking(() => {
      calls += 1;
      if (calls < 2) throw new Error('not now');
      return '45';
    });
    await tryAgainNow(ref, PRICE);
    await untilFact(ref, 'priced');
  });

  test('and throws every time is named in attention', async () => {
    const ref = await orderAsking(() => {
      throw new Error('no idea');
    }, 1);
    expect(await attention(ref)).toBe('Handler "estimator" failed (try 1 of 1): no idea');
  });

  test('but has no quote function is named in attention', async () => {
    const ref = await placeFor({ name: 'painter' }, toQuote);
    expect(await attention(ref)).toMatch(/^Handler "painter" has no quote function/);
  });
});
