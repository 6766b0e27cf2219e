import { PermanentError } from '@fulfillment/artifacts';
import type { HandlerContext } from '@fulfillment/handlers';
import { afterAll, describe, expect, test } from 'vitest';
import { GENERATE, openGeneration } from './test-support/generation.ts';

const app = await openGeneration({ policy: { messages: { delayed: null } } });
const { placeFor, place, poke, untilFact, facts, attention, lastServiceId, job, done, runtime } = app;
afterAll(() => app[Symbol.asyncDispose]());

const TO_QUOTE = { status: 'pending_quote', quoted_price_usd: null };
const DONE = { body: 'done', contentType: 'text/plain' };

describe('the usage of a generation', () => {
  test('is recorded with the order, in the order of the reports', async () => {
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

  test('stays if the try fails, and an invalid report fails the try', async () => {
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
  test('an order at its cost limit does not start again until an operator retries', async () => {
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

  test('a retry allows the same amount once more, whichever rounds caused the cost', async () => {
    let rounds = 0;
    const ref = await placeFor({
      name: 'thorough',
      attempts: 1,
      maxCostUsd: { order: 1 },
      generate: async (ctx) => {
        rounds += 1;
        await ctx.usage({ what: 'large', costUsd: 1 });
        if (rounds < 3) throw new Error('not good enough');
        return DONE;
      },
    });
    const retry = (stepKey: string, attempt: number) =>
      poke(ref, [{ type: 'operator_retried', stepKey, attempt, by: 'ada' }]);
    const failures = (count: number) =>
      expect.poll(async () => (await facts(ref, 'failed')).length).toBe(count);
    await failures(1);
    await retry('generate:0', 0);
    await failures(2);
    await retry('generate:0', 1);
    await untilFact(ref, 'generated');
    app.show(ref, {
      service_id: lastServiceId(),
      status: 'revision_requested',
      revision_count: 1,
    });
    const revised = { type: 'revision_requested', revision: 1, feedback: 'Blue', isExtra: false } as const;
    const { deliverables } = { deliverables: [{ url: 'https://a.example/1', mediaType: 'text' as const }] };
    await poke(ref, [{ type: 'delivered', round: '0', deliverables, found: false }, revised]);
    await failures(3);
    expect(await attention(ref)).toContain('This order cost 3 USD');
    await retry('generate:1', 0);
    await expect.poll(async () => (await facts(ref, 'generated')).length).toBe(2);
  });

  test('a retry with files by hand calls no handler, and allows no further amount', async () => {
    let calls = 0;
    const ref = await placeFor({
      name: 'replaced',
      attempts: 1,
      maxCostUsd: { order: 1 },
      generate: async (ctx) => {
        calls += 1;
        await ctx.usage({ what: 'large', costUsd: 1 });
        if (calls === 1) throw new Error('not good enough');
        return DONE;
      },
    });
    await untilFact(ref, 'failed');
    app.show(ref, { service_id: lastServiceId(), status: 'revision_requested', revision_count: 1 });
    const deliverables = [{ url: 'https://a.example/by-hand', mediaType: 'text' as const }];
    await poke(ref, [
      { type: 'operator_retried', stepKey: 'generate:0', attempt: 0, byHand: 'upload_0', by: 'ada' },
      { type: 'delivered', round: '0', deliverables, found: false },
      { type: 'revision_requested', revision: 1, feedback: 'Blue', isExtra: false },
    ]);
    await expect.poll(async () => (await facts(ref, 'failed')).length).toBe(2);
    expect(await attention(ref)).toContain('This order cost 1 USD');
    expect(calls).toBe(1);
  });

  test('the usage of a review function is recorded, also if another start regenerates the round', async () => {
    const ref = await placeFor({
      name: 'critic',
      review: async (ctx) => {
        await ctx.usage({ what: 'judge', costUsd: 1 });
        return true;
      },
      generate: async (ctx) => {
        await ctx.usage({ what: 'brush', costUsd: 2 });
        return DONE;
      },
    });
    await untilFact(ref, 'generated');
    // The process died before it recorded the output, and its disk is gone. Another process begins
    // again.
    await expect.poll(async () => (await job(ref, GENERATE)).isCompleted()).toBe(true);
    const { redis, keys } = runtime;
    await redis.hdel(keys.record(ref), 'fact:generated:0');
    await poke(ref);
    await untilFact(ref, 'generated');
    const used = (await facts(ref, 'used')).map(({ step, costUsd }) => [step, costUsd]);
    expect(used).toEqual([
      ['generate', 2],
      ['review', 1],
      ['generate', 2],
      ['review', 1],
    ]);
  });

  test('the usage of a quote is recorded with the order, and limited like a generation', async () => {
    let asked = 0;
    const quote = async (ctx: HandlerContext) => {
      asked += 1;
      await ctx.usage({ what: 'estimator', inputTokens: 10, costUsd: 1 });
      if (asked < 2) throw new PermanentError('no price');
      return '45';
    };
    const ref = await placeFor({ name: 'wordy', maxCostUsd: { order: 1, day: 3 }, quote }, TO_QUOTE);
    await untilFact(ref, 'failed');
    await poke(ref, [{ type: 'operator_retried', stepKey: 'price:0', attempt: 0, by: 'ada' }]);
    await untilFact(ref, 'priced');
    expect(await facts(ref, 'used')).toMatchObject([
      { step: 'price', what: 'estimator', costUsd: 1, attempt: 0 },
      { step: 'price', attempt: 1 },
    ]);
    const service = lastServiceId();
    await untilFact(await place(service, TO_QUOTE), 'priced');
    const beyond = await place(service, TO_QUOTE);
    expect(await attention(beyond)).toMatch(/Handler "wordy" cost 3 USD on .* and may spend 3 USD a day/);
    expect(asked).toBe(3);
  });

  test('orders of a handler at its daily limit go to attention', async () => {
    const ref = await placeFor({
      name: 'dear',
      maxCostUsd: { day: 2 },
      generate: async (ctx) => {
        await ctx.usage({ what: 'large', costUsd: 2 });
        return DONE;
      },
    });
    await untilFact(ref, 'generated');
    const next = await place(lastServiceId());
    expect(await attention(next)).toMatch(
      /Handler "dear" cost 2 USD on \d{4}-\d\d-\d\d \(UTC\), and may spend 2 USD a day/,
    );
    expect(await facts(next, 'began')).toEqual([]);
  });
});

describe('validate', () => {
  const picky = { name: 'picky', validate: async () => ({ refuse: 'no portraits of people' }) };

  test('a declined brief of a paid order costs nothing, informs the buyer, and goes to attention', async () => {
    const ref = await placeFor({ ...picky, generate: () => DONE });
    expect(await attention(ref)).toContain('Handler "picky" declines the brief: no portraits of people');
    expect(await facts(ref, 'refused')).toMatchObject([{ step: 'generate', attempt: 0 }]);
    const message = await job(ref, { name: 'send', kind: 'refused', round: '0', attempt: 0 });
    expect(message.data).toMatchObject({ kind: 'refused', round: '0' });
    expect(await facts(ref, 'generated')).toEqual([]);
  });

  test('a declined brief is generated after a release, and validated again after a retry', async () => {
    let looked = 0;
    const handler = {
      name: 'moody',
      validate: () => {
        looked += 1;
        return { refuse: 'not today' };
      },
      generate: () => DONE,
    };
    const retried = await placeFor(handler);
    await untilFact(retried, 'refused');
    await poke(retried, [{ type: 'operator_retried', stepKey: 'generate:0', attempt: 0, by: 'ada' }]);
    await expect.poll(() => facts(retried, 'refused')).toMatchObject([{ attempt: 0 }, { attempt: 1 }]);
    expect(looked).toBe(2);
    // A release begins the same job again, and a job that still runs is not added.
    await done(retried, { ...GENERATE, attempt: 1 });
    await poke(retried, [
      { type: 'operator_released', round: '0', attentionKey: 'brief_refused', by: 'ada' },
    ]);
    await untilFact(retried, 'generated');
    expect(looked).toBe(2);
  });

  test.each([true, 'too long', { refuse: 5 }])('an invalid answer (%j) is named', async (answer) => {
    const validate = () => answer as never;
    const paid = await placeFor({ name: 'vague', validate, generate: () => DONE });
    expect(await attention(paid)).toMatch(/^Handler "vague" returned an invalid answer from validate/);
    const quoted = await placeFor({ name: 'vague too', validate, quote: () => '45' }, TO_QUOTE);
    expect(await attention(quoted)).toMatch(/^Handler "vague too" returned an invalid answer from validate/);
    expect(await facts(quoted, 'priced')).toEqual([]);
  });

  test('a declined brief is not quoted', async () => {
    const ref = await placeFor({ ...picky, quote: () => '45' }, TO_QUOTE);
    expect(await untilFact(ref, 'refused')).toMatchObject({ reason: 'no portraits of people' });
    expect(await facts(ref, 'priced')).toEqual([]);
  });

  test('an accepted brief continues', async () => {
    const ref = await placeFor({ name: 'easy', validate: () => undefined, generate: () => DONE });
    await untilFact(ref, 'generated');
  });
});
