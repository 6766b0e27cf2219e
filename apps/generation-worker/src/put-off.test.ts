import { RetryLaterError } from '@fulfillment/handlers';
import { until } from '@fulfillment/platform/test-support';
import { afterAll, expect, test } from 'vitest';
import { putOffSeconds } from './put-off.ts';
import { GENERATE, openGeneration, PRICE } from './test-support/generation.ts';

const app = await openGeneration({ policy: { messages: { delayed: null } } });
const { placeFor, untilFact, facts, attention, job, tryAgainNow, makeOlder } = app;
afterAll(() => app[Symbol.asyncDispose]());

const DONE = { body: 'done', contentType: 'text/plain' };

test('a handler that names a retry time waits until then, and uses no try', async () => {
  let calls = 0;
  const ref = await placeFor({
    name: 'patient',
    attempts: 1,
    generate: () => {
      calls += 1;
      if (calls <= 6) throw new RetryLaterError(120, 'the model is busy');
      return DONE;
    },
  });
  for (let wait = 1; wait <= 6; wait += 1) {
    await until(`wait ${wait}`, async () => (await facts(ref, 'put_off')).length === wait);
    const waiting = await job(ref, GENERATE);
    await until('the job to wait', () => waiting.isDelayed());
    const { delay = 0, attemptsMade } = await job(ref, GENERATE);
    expect(delay).toBeGreaterThan(100_000);
    expect(delay).toBeLessThanOrEqual(120_000);
    expect(attemptsMade).toBe(0);
    await tryAgainNow(ref, GENERATE);
  }
  await untilFact(ref, 'generated');
  // The stacks of the first waits are enough, because a service may ask for thousands of waits.
  expect(await facts(ref, 'try_failed')).toHaveLength(3);
  expect((await facts(ref, 'put_off'))[0]).toMatchObject({
    waitSeconds: 120,
    reason: 'Handler "patient" waits: the model is busy',
  });
  expect(await facts(ref, 'failed')).toEqual([]);
});

test('a quote waits in the same way', async () => {
  let calls = 0;
  const ref = await placeFor(
    {
      name: 'asks-a-model',
      quote: () => {
        calls += 1;
        if (calls === 1) throw new RetryLaterError(60);
        return '45';
      },
    },
    { status: 'pending_quote' },
  );
  await untilFact(ref, 'put_off');
  await tryAgainNow(ref, PRICE);
  expect(await untilFact(ref, 'priced')).toMatchObject({ priceUsd: '45.00' });
});

test('a service that names one second each time is asked less and less often, for a day', async () => {
  const generate = () => {
    throw new RetryLaterError(0, 'the model is busy');
  };
  const ref = await placeFor({ name: 'hopeless', generate });
  for (let wait = 1; wait <= 4; wait += 1) {
    await until(`wait ${wait}`, async () => (await facts(ref, 'put_off')).length === wait);
    await tryAgainNow(ref, GENERATE);
  }
  await until('the fifth wait', async () => (await facts(ref, 'put_off')).length === 5);
  expect((await facts(ref, 'put_off')).map(({ waitSeconds }) => waitSeconds)).toEqual([1, 2, 4, 8, 16]);
  await until('the job to wait', async () => (await job(ref, GENERATE)).isDelayed());
  expect((await job(ref, GENERATE)).delay).toBeGreaterThan(15_000);
  expect(await facts(ref, 'failed')).toEqual([]);
  await makeOlder(ref, 'put_off', 24 * 3600_000);
  await tryAgainNow(ref, GENERATE);
  expect(await attention(ref)).toBe('Handler "hopeless" waits: the model is busy (put off for over a day)');
});

test('a service that names one second all day is asked fewer than a hundred times', () => {
  let waitedSeconds = 0;
  let asked = 0;
  while (waitedSeconds < 24 * 3600) {
    waitedSeconds += putOffSeconds(1, asked, waitedSeconds * 1000);
    asked += 1;
  }
  expect(asked).toBeLessThan(100);
  expect(putOffSeconds(1, 50, 20 * 3600_000)).toBe(3600);
  expect(putOffSeconds(3600, 0, 0)).toBe(3600);
});

test('retry times have limits', () => {
  for (const [asked, waited] of [
    [0, 1],
    [-5, 1],
    [90, 90],
    [1e9, 3600],
    [Number.NaN, 60],
  ] as const) {
    expect(new RetryLaterError(asked).seconds).toBe(waited);
  }
});
