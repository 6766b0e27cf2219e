import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { InvalidOutputError } from '@fulfillment/artifacts';
import { defineHandler, type HandlerInput, type Refusal } from '@fulfillment/handlers';
import { type PolicyInput, policySchema } from '@fulfillment/shared';
import { afterAll, expect, test } from 'vitest';
import { describeHandler } from '../describe-handler.ts';
import { inlineRunner } from '../inline-runner.ts';
import type { MadeUpOrder } from './made-up-order.ts';
import { type TryOptions, tryHandler } from './try-handler.ts';

const folder = await mkdtemp(path.join(os.tmpdir(), 'handler-try-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Tries a handler. Resolves to the result, with the reports of the handler. */
async function tried(
  handler: Partial<HandlerInput>,
  order: MadeUpOrder = {},
  { policy = {}, ...options }: Partial<TryOptions> & { policy?: PolicyInput } = {},
) {
  const whole = defineHandler({ name: 'painter', match: 'default', generate: () => [], ...handler });
  const progress: (number | string)[] = [];
  const answers: (string | Refusal | undefined)[] = [];
  const signal = new AbortController().signal;
  using slot = await inlineRunner([whole], policySchema.parse(policy)).acquire(signal);
  const result = await tryHandler({ slot, handler: describeHandler(whole) }, order, {
    folder,
    onProgress: (value) => progress.push(value),
    onAnswer: (_, answer) => answers.push(answer),
    ...options,
  });
  return { ...result, progress, answers };
}

test('a handler sees the made-up order, and its output is kept', async () => {
  const generate: HandlerInput['generate'] = async (ctx) => {
    await ctx.progress(50);
    const [message] = await ctx.thread();
    const before = await ctx.earlier[0]?.deliverables[0]?.read();
    const body = `${ctx.order.brief} ${ctx.round} ${ctx.feedback} ${message?.content} ${await before?.text()} ${ctx.remembered}`;
    return [
      { body, contentType: 'text/plain', fileName: 'a.txt' },
      await ctx.artifacts.save({ body: '{}', contentType: 'application/json' }),
      { url: 'https://example.com/film.mp4', mediaType: 'video' },
    ];
  };
  const url = 'https://example.com/0';
  const { deliverables, progress } = await tried(
    { generate },
    {
      brief: 'A dog.',
      round: 2,
      feedback: 'Bluer.',
      thread: [{ fromBuyer: true, content: 'Hi', senderName: null, createdAt: null }],
      earlier: [
        { round: 0, deliverables: [{ url, mediaType: 'text', read: async () => new Blob(['red']) }] },
      ],
      remembered: 'before',
    },
  );
  const [text, data, film] = deliverables;
  expect(text).toMatchObject({ mediaType: 'text', contentType: 'text/plain', bytes: 29 });
  expect(await readFile(text?.file ?? '', 'utf8')).toBe('A dog. 2 Bluer. Hi red before');
  expect(data).toMatchObject({ mediaType: 'code', contentType: 'application/json' });
  expect(film).toEqual({ mediaType: 'video', url: 'https://example.com/film.mp4' });
  expect(progress).toEqual([50]);
});

test('an output that could not be delivered fails the try', async () => {
  await expect(tried({ generate: () => [] })).rejects.toBeInstanceOf(InvalidOutputError);
  const broken = () => Promise.reject(new Error('no GPU'));
  await expect(tried({ generate: broken })).rejects.toThrow('no GPU');
});

const DONE = { body: 'x', contentType: 'text/plain' };

test('a handler is asked for its price, unless it is a revision', async () => {
  const painter: Partial<HandlerInput> = {
    validate: () => undefined,
    quote: ({ order }) => (order.quotedPriceUsd === null ? '7' : '8'),
    generate: () => DONE,
  };
  expect((await tried(painter)).answers).toEqual([undefined, '7.00']);
  expect((await tried(painter, { round: 1, feedback: 'Bluer.' })).answers).toEqual([]);
});

test('a refused brief and a price that cannot be quoted end the try, but a refusal to quote does not', async () => {
  const modest = await tried({ generate: () => DONE, quote: () => ({ refuse: 'no' }) });
  expect([modest.answers, modest.deliverables.length]).toEqual([[{ refuse: 'no' }], 1]);
  await expect(tried({ quote: () => '1,500' })).rejects.toThrow('not a decimal price');
  await expect(tried({ validate: () => ({ refuse: 'no people' }) })).rejects.toThrow('no people');
});

test('the time limit ends the try of a handler that ignores it', async () => {
  const endless = { generate: () => new Promise<never>(() => undefined), timeLimitSeconds: 0.05 };
  await expect(tried(endless)).rejects.toThrow('took longer than its time limit of 0.05 s');
});

test('an interrupt aborts the signal of the handler', async () => {
  const stop = new AbortController();
  let reason: unknown;
  const generate = ({ signal }: { signal: AbortSignal }) =>
    new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => {
        reason = signal.reason;
        reject(signal.reason);
      });
      stop.abort(new Error('interrupted'));
    });
  await expect(tried({ generate }, {}, { signal: stop.signal })).rejects.toThrow('interrupted');
  expect(reason).toEqual(new Error('interrupted'));
});

test('a try reports why an operator would have to review the output', async () => {
  const output = { ...DONE, review: 'the text holds a secret' };
  expect((await tried({ generate: () => output })).reviewReason).toBe('the text holds a secret');
});

test('a private URL is judged as in the worker', async () => {
  const local = { generate: () => ({ url: 'http://gpu-box:8188/1.png', mediaType: 'image' as const }) };
  await expect(tried(local)).rejects.toThrow('a private network');
  const policy: PolicyInput = { privateUrls: 'deliver' };
  expect((await tried(local, {}, { policy })).deliverables).toHaveLength(1);
  const own = {
    generate: () => ({ url: 'http://gpu-box:3000/artifacts/1.png', mediaType: 'image' as const }),
  };
  expect((await tried(own, {}, { ownUrl: 'http://gpu-box:3000' })).deliverables).toHaveLength(1);
});

test.each([
  ['that asks for a review', () => true, true],
  ['that throws', () => Promise.reject(new Error('no idea')), true],
  ['that passes the round', () => false, false],
])('a review function %s is called', async (_, review, isHeld) => {
  expect(await tried({ generate: () => DONE, review })).toMatchObject({ isHeld });
});
