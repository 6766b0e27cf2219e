import { afterAll, expect, test } from 'vitest';
import { GENERATE, openGeneration } from './test-generation.ts';

const app = await openGeneration({ policy: { messages: { delayed: null } } });
const { placeFor, poke, tryAgainNow, untilFact, facts, attention } = app;
afterAll(() => app[Symbol.asyncDispose]());

const DONE = { body: 'done', contentType: 'text/plain' };

test('what a handler remembers is there for the next try, the last of it; not for a retry of an operator', async () => {
  const seen: unknown[] = [];
  const ref = await placeFor({
    name: 'forgetful',
    attempts: 2,
    generate: async (ctx) => {
      seen.push(ctx.remembered);
      if (seen.length === 3) return DONE;
      await ctx.remember('queued');
      await ctx.remember({ job: seen.length });
      throw new Error('the connection is gone');
    },
  });
  await tryAgainNow(ref, GENERATE);
  await untilFact(ref, 'failed');
  await poke(ref, [{ type: 'operator_retried', stepKey: 'generate:0', attempt: 0, by: 'ada' }]);
  await untilFact(ref, 'generated');
  expect(seen).toEqual([null, { job: 1 }, null]);
  expect(await facts(ref, 'remembered')).toHaveLength(4);
});

test('what cannot be kept fails the try, with the reason', async () => {
  const ref = await placeFor({
    name: 'hoarder',
    attempts: 1,
    generate: async (ctx) => {
      await ctx.remember('x'.repeat(10_001));
      return DONE;
    },
  });
  expect(await attention(ref)).toContain('at most 10000 characters');
});
