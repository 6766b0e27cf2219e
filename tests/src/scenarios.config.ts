/**
 * The configuration of the demo and the system tests: handlers that behave well, badly, and slowly.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { defineConfig, defineHandler, type GenerateContext } from '@fulfillment/handlers';
import { AGENTS } from './harness/agents.ts';
import { OVERWRITTEN_AFTER_SECONDS } from './harness/policy.ts';
import { poisonHandlers } from './poison-handlers.ts';

const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

const textOf = ({ order, round, feedback }: GenerateContext) =>
  [`For: ${order.brief.slice(0, 200)}`, `Round: ${round}`, `Feedback: ${feedback ?? 'none'}`].join('\n');

const oneFile = defineHandler({
  name: 'one-file',
  match: 'default',
  generate: (ctx) => ({ body: textOf(ctx), contentType: 'text/plain', fileName: 'result.txt' }),
});

const quoted = defineHandler({
  name: 'quoted',
  match: { title: 'Quoted text' },
  quote: ({ order }) => (order.brief.startsWith('refuse') ? { refuse: 'Not our kind of work.' } : '45'),
  generate: (ctx) => ({ body: textOf(ctx), contentType: 'text/markdown' }),
});

const severalFiles = defineHandler({
  name: 'several-files',
  match: { title: 'Several files' },
  generate: (ctx) => [
    { body: PIXEL, contentType: 'image/png', fileName: 'picture.png' },
    { body: textOf(ctx), contentType: 'text/plain' },
    { body: '{"made": true}', contentType: 'application/json', fileName: 'data.json' },
    { url: 'https://example.com/preview', mediaType: 'link' },
  ],
});

const lookedAt = defineHandler({
  name: 'looked-at',
  match: { title: 'Looked at' },
  review: true,
  generate: (ctx) => ({ body: `${textOf(ctx)}\nNote: ${ctx.note ?? 'none'}`, contentType: 'text/plain' }),
});

const picky = defineHandler({
  name: 'picky',
  match: { title: 'Picky' },
  validate: ({ order }) => (order.brief.includes('fruit') ? { refuse: 'no fruit' } : undefined),
  generate: (ctx) => ({ body: textOf(ctx), contentType: 'text/plain' }),
});

const slow = defineHandler({
  name: 'slow',
  match: { title: 'Slow work' },
  async generate(ctx) {
    await delay(120_000, undefined, { signal: ctx.signal });
    return { body: textOf(ctx), contentType: 'text/plain' };
  },
});

/** The attempts may run in different processes, so the count is kept with the order. */
const failsTwice = defineHandler({
  name: 'fails-twice',
  match: { title: 'Fails twice' },
  async generate(ctx) {
    const call = Number(ctx.remembered ?? 0) + 1;
    await ctx.remember(call);
    if (call <= 2) throw new Error(`the model is overloaded (call ${call})`);
    return { body: textOf(ctx), contentType: 'text/plain' };
  },
});

const failsForGood = defineHandler({
  name: 'fails-for-good',
  match: { title: 'Fails for good' },
  attempts: 1,
  generate(ctx) {
    const isRetry = ctx.attempt > 0;
    if (!isRetry) throw new Error('the model refuses this brief');
    return { body: textOf(ctx), contentType: 'text/plain' };
  },
});

const hangs = defineHandler({
  name: 'hangs',
  match: { title: 'Hangs' },
  attempts: 1,
  timeLimitSeconds: 1,
  generate: () => new Promise<never>(() => undefined),
});

const nothing = defineHandler({ name: 'nothing', match: { title: 'Nothing' }, generate: () => [] });

/** Quotes what the brief says, however wrong. */
const badPrice = defineHandler({
  name: 'bad-price',
  match: { title: 'Bad price' },
  attempts: 1,
  quote: ({ order }) => order.brief,
  generate: (ctx) => ({ body: textOf(ctx), contentType: 'text/plain' }),
});

export default defineConfig({
  agents: AGENTS.map(({ name, keyVariable }) => ({ name, apiKey: process.env[keyVariable] })),
  handlers: [
    ...poisonHandlers,
    quoted,
    severalFiles,
    lookedAt,
    picky,
    slow,
    failsTwice,
    failsForGood,
    hangs,
    nothing,
    badPrice,
    oneFile,
  ],
  policy: {
    feedbackGraceSeconds: 3,
    answerLookSeconds: 1,
    reviewLookMinutes: 0.05,
    overwrittenAfterSeconds: OVERWRITTEN_AFTER_SECONDS,
  },
});
