import type { GenerateContext } from '@fulfillment/handlers';
import { gate, until } from '@fulfillment/platform/test-support';
import { afterAll, describe, expect, test } from 'vitest';
import { openGeneration } from './test-support/generation.ts';

const app = await openGeneration({ policy: { messages: { delayed: null } } });
const { placeFor, place, untilFact, facts, lastServiceId } = app;
afterAll(() => app[Symbol.asyncDispose]());

const TO_QUOTE = { status: 'pending_quote', quoted_price_usd: null };
const DONE = { body: 'done', contentType: 'text/plain' };

describe('parallel tries do not exceed the daily limit together', () => {
  test.each(['nothing', 'a refused brief', 'a cheap order'])('after %s', async (first) => {
    const go = gate();
    let calls = 0;
    let spent = 0;
    const generate = async ({ usage }: GenerateContext) => {
      const isCheap = first === 'a cheap order' && spent === 0;
      if (!isCheap) calls += 1;
      if (!isCheap) await go.opened;
      const costUsd = isCheap ? 0.01 : 2;
      spent += costUsd;
      await usage({ what: 'large', costUsd });
      return DONE;
    };
    let briefs = 0;
    const validate = () => {
      briefs += 1;
      return first === 'a refused brief' && briefs === 1 ? { refuse: 'no portraits' } : undefined;
    };
    const handler = { name: `after ${first}`, maxCostUsd: { order: 2, day: 5 }, validate, generate };
    const ref = await placeFor(handler);
    const isPaid = first === 'nothing';
    await untilFact(ref, isPaid ? 'began' : first === 'a cheap order' ? 'generated' : 'refused');
    const serviceId = lastServiceId();
    const others = await Promise.all(Array.from({ length: isPaid ? 5 : 6 }, () => place(serviceId)));
    const refs = isPaid ? [ref, ...others] : others;
    const countOf = async (type: 'held_up' | 'generated' | 'failed') =>
      (await Promise.all(refs.map((ref) => facts(ref, type)))).filter(({ length }) => length > 0).length;
    const waiting = until('every order to run or wait', async () => calls + (await countOf('held_up')) === 6);
    await waiting.finally(go.open);
    const begunAtOnce = calls;
    await until('every order to end', async () => {
      return (await countOf('generated')) + (await countOf('failed')) === 6;
    });
    // Two attempts began at once, and a third began alone with 1 USD left.
    expect([begunAtOnce, await countOf('generated')]).toEqual([2, 3]);
    expect(spent).toBeLessThan(6.1);
  });
});

test('an order that waits for the daily limit says so in its record', async () => {
  const go = gate();
  const generate = async () => {
    await go.opened;
    return DONE;
  };
  const first = await placeFor({ name: 'busy', maxCostUsd: { day: 5 }, generate });
  await untilFact(first, 'began');
  const second = await place(lastServiceId());
  expect(await untilFact(second, 'held_up')).toMatchObject({
    step: 'generate',
    reason: expect.stringContaining('Handler "busy" may spend 5 USD a day'),
  });
  go.open();
  await untilFact(second, 'generated');
  expect(await facts(second, 'held_up')).toHaveLength(1);
});

test('an order that waited for the daily limit is decided again as soon as it begins', async () => {
  const [first, second] = [gate(), gate()];
  let calls = 0;
  const generate = async () => {
    calls += 1;
    await (calls === 1 ? first : second).opened;
    return DONE;
  };
  const running = await placeFor({ name: 'busy for long', maxCostUsd: { day: 5 }, generate });
  await untilFact(running, 'began');
  const ref = await place(lastServiceId());
  await untilFact(ref, 'held_up');
  expect(await app.runtime.queues.pokeOf(ref)).toBeNull();
  first.open();
  await untilFact(ref, 'began');
  await until('a poke while the handler runs', () => app.runtime.queues.pokeOf(ref));
  expect(await facts(ref, 'generated')).toEqual([]);
  expect(await app.runtime.queues.pokeOf(running)).toBeNull();
  second.open();
  await untilFact(ref, 'generated');
});

test('a free quote does not wait for running generations', async () => {
  const go = gate();
  const generate = async () => {
    await go.opened;
    return DONE;
  };
  const paid = await placeFor({
    name: 'quick to quote',
    maxCostUsd: { day: 5 },
    quote: () => '10',
    generate,
  });
  await untilFact(paid, 'began');
  const asked = await place(lastServiceId(), TO_QUOTE);
  expect(await untilFact(asked, 'priced')).toMatchObject({ priceUsd: '10.00' });
  expect(await facts(asked, 'held_up')).toEqual([]);
  go.open();
  await untilFact(paid, 'generated');
});
