import { PermanentError } from '@fulfillment/handlers';
import { afterAll, describe, expect, test } from 'vitest';
import { openGeneration } from './test-generation.ts';

const app = await openGeneration({ policy: { messages: { delayed: null } } });
const { placeFor, place, poke, untilFact, facts, attention, handlers } = app;
afterAll(() => app[Symbol.asyncDispose]());

const DONE = { body: 'done', contentType: 'text/plain' };

describe('what a generation used', () => {
  test('is written down with the order, in the order that it was told', async () => {
    const ref = await placeFor({
      name: 'writer',
      generate: async (ctx) => {
        await ctx.usage({ what: 'large', inputTokens: 1200, outputTokens: 300, costUsd: 0.5 });
        await ctx.usage({ what: 'painter', images: 2 });
        return DONE;
      },
    });
    await untilFact(ref, 'generated');
    expect(await facts(ref, 'used')).toMatchObject([
      {
        what: 'large',
        inputTokens: 1200,
        outputTokens: 300,
        images: null,
        costUsd: 0.5,
        round: '0',
        start: 0,
        index: 0,
      },
      { what: 'painter', inputTokens: null, images: 2, costUsd: null, index: 1 },
    ]);
  });

  test('stays when the try fails, and a report that is none fails the try', async () => {
    const ref = await placeFor({
      name: 'unlucky',
      generate: async (ctx) => {
        await ctx.usage({ what: 'large', costUsd: 1 });
        throw new PermanentError('refused');
      },
    });
    await untilFact(ref, 'failed');
    expect(await facts(ref, 'used')).toHaveLength(1);
    const wrong = await placeFor({
      name: 'confused',
      attempts: 1,
      generate: async (ctx) => {
        await ctx.usage({ what: '', costUsd: -1 });
        return DONE;
      },
    });
    expect(await attention(wrong)).toContain('ctx.usage was given something else');
  });
});

describe('maxCostUsd', () => {
  test('an order that cost as much as it may is not begun again, until an operator retries', async () => {
    let calls = 0;
    const ref = await placeFor({
      name: 'greedy',
      attempts: 1,
      maxCostUsd: { order: 1 },
      generate: async (ctx) => {
        calls += 1;
        await ctx.usage({ what: 'large', costUsd: 1.5 });
        if (calls < 3) throw new Error('not good enough');
        return DONE;
      },
    });
    await untilFact(ref, 'failed');
    const retry = (attempt: number) =>
      poke(ref, [{ type: 'operator_retried', stepKey: 'generate:0', attempt, by: 'ada' }]);
    await retry(0);
    await untilFact(ref, 'used');
    await expect.poll(async () => (await facts(ref, 'failed')).length).toBe(2);
    expect(calls).toBe(2);
    await retry(1);
    await expect.poll(async () => (await facts(ref, 'failed')).length).toBe(3);
    expect(await attention(ref)).toContain(
      'This order cost 3 USD, and handler "greedy" may spend 1 USD on an order.',
    );
    expect(calls).toBe(2);
  });

  test('orders of a handler that cost as much as it may in a day wait for a human', async () => {
    const ref = await placeFor({
      name: 'dear',
      maxCostUsd: { day: 2 },
      generate: async (ctx) => {
        await ctx.usage({ what: 'large', costUsd: 2 });
        return DONE;
      },
    });
    await untilFact(ref, 'generated');
    const next = await place(`srv_${handlers.length - 1}`);
    expect(await attention(next)).toMatch(
      /Handler "dear" cost 2 USD on \d{4}-\d\d-\d\d \(UTC\), and may spend 2 USD a day/,
    );
    expect(await facts(next, 'began')).toEqual([]);
  });
});

describe('validate', () => {
  const TO_QUOTE = { status: 'pending_quote', quoted_price_usd: null };
  const picky = { name: 'picky', validate: async () => ({ refuse: 'no portraits of people' }) };

  test('a refused brief of a paid order costs nothing, and asks a human', async () => {
    let calls = 0;
    const ref = await placeFor({
      ...picky,
      generate: () => {
        calls += 1;
        return DONE;
      },
    });
    expect(await attention(ref)).toContain('Handler "picky" refuses the brief: no portraits of people');
    expect(calls).toBe(0);
  });

  test('a refused brief is not quoted', async () => {
    const ref = await placeFor({ ...picky, quote: () => '45' }, TO_QUOTE);
    expect(await untilFact(ref, 'refused')).toMatchObject({ reason: 'no portraits of people' });
    expect(await facts(ref, 'priced')).toEqual([]);
  });

  test('a brief that is fine goes on', async () => {
    const ref = await placeFor({ name: 'easy', validate: () => undefined, generate: () => DONE });
    await untilFact(ref, 'generated');
  });
});
