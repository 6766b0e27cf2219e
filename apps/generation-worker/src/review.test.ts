import { afterAll, expect, test } from 'vitest';
import { openGeneration } from './test-generation.ts';

const app = await openGeneration({ policy: { messages: { delayed: null } } });
const { placeFor, poke, untilFact, facts, attention } = app;
afterAll(() => app[Symbol.asyncDispose]());

const DONE = { body: 'done', contentType: 'text/plain' };

test('a round that is to be looked at waits; made again, it gets the note and is a new draft', async () => {
  const notes: (string | null)[] = [];
  const ref = await placeFor({
    name: 'careful',
    review: true,
    generate: (ctx) => {
      notes.push(ctx.note);
      return DONE;
    },
  });
  expect(await untilFact(ref, 'generated')).toMatchObject({ draft: 0, review: true });
  expect(await attention(ref)).toContain('Handler "careful" made round 0, and asks you to look at it');
  await poke(ref, [
    {
      type: 'reviewed',
      round: '0',
      draft: 0,
      verdict: 'regenerate',
      note: 'Bluer.',
      message: null,
      by: 'ada',
    },
  ]);
  await expect.poll(() => facts(ref, 'generated')).toMatchObject([{ draft: 0 }, { draft: 1, review: true }]);
  expect(notes).toEqual([null, 'Bluer.']);
});

test('a round of which the handler cannot say it waits, and is not made again', async () => {
  let calls = 0;
  const ref = await placeFor({
    name: 'unsure',
    review: () => {
      throw new Error('no idea');
    },
    generate: () => {
      calls += 1;
      return DONE;
    },
  });
  expect(await untilFact(ref, 'generated')).toMatchObject({ review: true });
  expect(calls).toBe(1);
});

test('a handler may say itself which rounds are looked at', async () => {
  const review = async ({ order }: { order: { brief: string } }) => order.brief.includes('portrait');
  const looked = await placeFor(
    { name: 'choosy', review, generate: () => DONE },
    { brief: 'A portrait; a portrait.' },
  );
  expect(await untilFact(looked, 'generated')).toMatchObject({ review: true });
  const passed = await placeFor({ name: 'choosy too', review, generate: () => DONE }, { brief: 'A cat.' });
  expect(await untilFact(passed, 'generated')).toMatchObject({ review: false });
});
