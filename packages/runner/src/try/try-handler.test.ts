import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { InvalidOutputError } from '@fulfillment/artifacts';
import { defineHandler, type HandlerInput } from '@fulfillment/handlers';
import { afterAll, expect, test } from 'vitest';
import { tryHandler } from './try-handler.ts';

const folder = await mkdtemp(path.join(os.tmpdir(), 'handler-try-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

const handler = (generate: HandlerInput['generate'], rest: Partial<HandlerInput> = {}) =>
  defineHandler({ name: 'painter', match: 'default', generate, ...rest });

test('a handler sees the made-up order, and what it makes is kept', async () => {
  const painter = handler(async ({ order, round, feedback, artifacts, progress, thread }) => {
    await progress(50);
    const [message] = await thread();
    const body = `${order.brief} ${round} ${feedback} ${message?.content}`;
    return [
      { body, contentType: 'text/plain', fileName: 'a.txt' },
      await artifacts.save({ body: '{}', contentType: 'application/json' }),
      { url: 'https://example.com/film.mp4', mediaType: 'video' },
    ];
  });
  const order = {
    brief: 'A dog.',
    round: 2,
    feedback: 'Bluer.',
    thread: [{ fromBuyer: true, content: 'Hi', senderName: null, createdAt: null }],
  };
  const { deliverables, progress, seconds } = await tryHandler(painter, order, { folder });
  const [text, data, film] = deliverables;
  expect(text).toMatchObject({ mediaType: 'text', contentType: 'text/plain', bytes: 18 });
  expect(await readFile(text?.file ?? '', 'utf8')).toBe('A dog. 2 Bluer. Hi');
  expect(data).toMatchObject({ mediaType: 'code', contentType: 'application/json' });
  expect(film).toEqual({ mediaType: 'video', url: 'https://example.com/film.mp4' });
  expect(progress).toEqual([50]);
  expect(seconds).toBeGreaterThan(0);
});

test('what could not be delivered fails the try', async () => {
  const nothing = tryHandler(
    handler(() => []),
    {},
    { folder },
  );
  await expect(nothing).rejects.toBeInstanceOf(InvalidOutputError);
  const broken = tryHandler(
    handler(() => {
      throw new Error('no GPU');
    }),
    {},
    { folder },
  );
  await expect(broken).rejects.toThrow('no GPU');
});

test('a handler is asked for its price, and remembers within the try', async () => {
  const asked: unknown[] = [];
  const painter = handler(
    async (ctx) => {
      asked.push(ctx.remembered);
      await ctx.remember({ job: 7 });
      asked.push(ctx.remembered);
      await expect(ctx.remember('x'.repeat(10_000))).rejects.toThrow('at most 10000 characters');
      return { body: 'x', contentType: 'text/plain' };
    },
    { validate: () => undefined, quote: ({ order }) => (order.quotedPriceUsd === null ? '7' : '8') },
  );
  const { quote, remembered } = await tryHandler(painter, { remembered: 'before' }, { folder });
  expect(asked).toEqual(['before', { job: 7 }]);
  expect({ quote, remembered }).toEqual({ quote: '7.00', remembered: { job: 7 } });
  const revision = await tryHandler(painter, { round: 1, feedback: 'Bluer.' }, { folder });
  expect(revision.quote).toBeUndefined();
});

test('a refusal to quote ends nothing, a price that cannot be quoted does', async () => {
  const made = () => ({ body: 'x', contentType: 'text/plain' });
  const modest = await tryHandler(handler(made, { quote: () => ({ refuse: 'no' }) }), {}, { folder });
  expect([modest.quote, modest.deliverables.length]).toEqual([{ refuse: 'no' }, 1]);
  const wrong = tryHandler(handler(made, { quote: () => '1,500' }), {}, { folder });
  await expect(wrong).rejects.toThrow('not a decimal price');
});

test('the time limit holds for a handler that ignores it', async () => {
  const endless = handler(() => new Promise(() => undefined), { timeLimitSeconds: 0.05 });
  await expect(tryHandler(endless, {}, { folder })).rejects.toThrow(
    'Handler "painter" took longer than its time limit of 0.05 s',
  );
});

test('an interrupt aborts the signal of the handler', async () => {
  const stop = new AbortController();
  let reason: unknown;
  const waiting = handler(
    ({ signal }) =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => {
          reason = signal.reason;
          reject(signal.reason);
        });
        stop.abort(new Error('interrupted'));
      }),
  );
  await expect(tryHandler(waiting, {}, { folder, signal: stop.signal })).rejects.toThrow('interrupted');
  expect(reason).toEqual(new Error('interrupted'));
});

test('a try tells why an operator would have to review what it made', async () => {
  const output = { body: 'x', contentType: 'text/plain', review: 'the text holds a secret' };
  const { reviewReason } = await tryHandler(
    handler(() => output),
    {},
    { folder },
  );
  expect(reviewReason).toBe('the text holds a secret');
});

test('a URL in a private network is judged as the worker would judge it', async () => {
  const local = handler(() => ({ url: 'http://gpu-box:8188/1.png', mediaType: 'image' as const }));
  await expect(tryHandler(local, {}, { folder })).rejects.toThrow('a private network');
  expect((await tryHandler(local, {}, { folder, mayBePrivate: true })).deliverables).toHaveLength(1);
  const own = handler(() => ({ url: 'http://gpu-box:3000/artifacts/1.png', mediaType: 'image' as const }));
  const ownUrl = 'http://gpu-box:3000';
  expect((await tryHandler(own, {}, { folder, ownUrl })).deliverables).toHaveLength(1);
});

test.each([
  ['that asks for a review', () => true, true],
  ['that throws', () => Promise.reject(new Error('no idea')), true],
  ['that passes the round', () => false, false],
])('a review function %s is asked', async (_, review, isHeld) => {
  const made = handler(() => ({ body: 'x', contentType: 'text/plain' }), { review });
  expect(await tryHandler(made, {}, { folder })).toMatchObject({ isHeld });
});
