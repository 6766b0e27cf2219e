import { setTimeout as delay } from 'node:timers/promises';
import { defineHandler } from '@fulfillment/handlers';
import { gate } from '@fulfillment/platform/test-support';
import { afterAll, describe, expect, test } from 'vitest';
import { openGeneration } from './test-support/generation.ts';

const app = await openGeneration({ policy: { messages: { delayed: null } } });
const { placeFor, poke, untilFact, facts, attention } = app;
afterAll(() => app[Symbol.asyncDispose]());

const DONE = { body: 'done', contentType: 'text/plain' };

test('a round under review waits, and its regeneration gets the note and the last draft', async () => {
  const notes: (string | null)[] = [];
  const drafts: (string | null)[] = [];
  const ref = await placeFor({
    name: 'careful',
    review: true,
    generate: async (ctx) => {
      notes.push(ctx.note);
      drafts.push((await (await ctx.draft?.deliverables[0]?.read())?.text()) ?? null);
      return DONE;
    },
  });
  expect(await untilFact(ref, 'generated')).toMatchObject({ draft: 0, review: true });
  expect(await attention(ref)).toContain(
    'Handler "careful" generated the first version, and asks you to review it',
  );
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
  expect(drafts).toEqual([null, 'done']);
});

test('a round with a review reason in its output is held, whatever the handler says', async () => {
  const review = 'the text holds a secret, or what looks like one';
  const ref = await placeFor({
    name: 'trusting',
    review: false,
    generate: () => [DONE, { body: 'more', contentType: 'text/plain', review }],
  });
  expect(await untilFact(ref, 'generated')).toMatchObject({ review: true, reviewReason: review });
  expect(await attention(ref)).toBe(
    `The first version by handler "trusting" must be reviewed before delivery: ${review}.`,
  );
  await poke(ref, [
    { type: 'reviewed', round: '0', draft: 0, verdict: 'approve', note: '', message: null, by: 'ada' },
  ]);
  await expect
    .poll(async () => (await app.record(ref)).facts.some(({ type }) => type === 'reviewed'))
    .toBe(true);
  expect(await facts(ref, 'generated')).toHaveLength(1);
});

test('a round whose review function throws waits, keeps the stack, and is not regenerated', async () => {
  let calls = 0;
  const judgePainting = () => {
    throw new RangeError('no idea');
  };
  const ref = await placeFor({
    name: 'unsure',
    review: () => judgePainting(),
    generate: () => {
      calls += 1;
      return DONE;
    },
  });
  expect(await untilFact(ref, 'generated')).toMatchObject({ review: true });
  expect(calls).toBe(1);
  expect(await facts(ref, 'review_function_failed')).toMatchObject([
    {
      round: '0',
      draft: 0,
      handler: 'unsure',
      reason: 'no idea',
      stack: expect.stringMatching(/^RangeError: no idea\n.*judgePainting.*review\.test\.ts/s),
    },
  ]);
});

test("a review function does not use the handler's time", async () => {
  let calls = 0;
  const review = async () => {
    await delay(1500);
    return false;
  };
  const generate = () => {
    calls += 1;
    return DONE;
  };
  const ref = await placeFor({ name: 'slow to judge', timeLimitSeconds: 1, review, generate });
  expect(await untilFact(ref, 'generated')).toMatchObject({ review: false });
  expect(calls).toBe(1);
});

describe('a review function that returns nothing', () => {
  test('within its time has the round reviewed, with the reason', async () => {
    await using impatient = await openGeneration({ reviewWithinMs: 20 });
    const review = () => new Promise<never>(() => undefined);
    const ref = await impatient.placeFor({ name: 'hangs', generate: () => DONE, review });
    expect(await impatient.untilFact(ref, 'generated')).toMatchObject({ review: true });
    expect(await impatient.untilFact(ref, 'review_function_failed')).toMatchObject({
      reason: 'took longer than its time limit of 0.02 s',
    });
  });

  test('before the process stops is asked again by the next one, and nothing is regenerated', async () => {
    await using stopping = await openGeneration({ env: { SHUTDOWN_GRACE_SECONDS: '0' } });
    const asked = gate();
    const review = () => {
      asked.open();
      return new Promise<never>(() => undefined);
    };
    const ref = await stopping.placeFor({ name: 'hangs', generate: () => DONE, review });
    await asked.opened;
    await using next = await openGeneration({ beside: stopping, artifactsDir: stopping.artifactsDir });
    const mustNotRun = () => {
      throw new Error('it was generated before');
    };
    next.handlers.push(
      defineHandler({ name: 'hangs', match: 'default', generate: mustNotRun, review: () => false }),
    );
    await stopping.runtime.close();
    expect(await next.untilFact(ref, 'generated')).toMatchObject({ handler: 'hangs', review: false });
    expect(await next.facts(ref, 'review_function_failed')).toEqual([]);
  });
});

test('a handler may choose which rounds are reviewed', async () => {
  const review = async ({ order }: { order: { brief: string } }) => order.brief.includes('portrait');
  const looked = await placeFor(
    { name: 'choosy', review, generate: () => DONE },
    { brief: 'A portrait; a portrait.' },
  );
  expect(await untilFact(looked, 'generated')).toMatchObject({ review: true });
  const passed = await placeFor({ name: 'choosy too', review, generate: () => DONE }, { brief: 'A cat.' });
  expect(await untilFact(passed, 'generated')).toMatchObject({ review: false });
});
