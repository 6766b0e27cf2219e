/** The configuration under chaos: handlers that take a while, and fail now and then. */
import { setTimeout as delay } from 'node:timers/promises';
import { defineConfig, defineHandler } from '@fulfillment/handlers';
import { AGENTS } from '../harness/agents.ts';

const LONGEST_WORK_MS = 600;
const FAILURE_RATE = 0.1;

const work = defineHandler({
  name: 'work',
  match: 'default',
  quote: () => '45.00',
  attempts: 8,
  async generate({ order, round, feedback, signal }) {
    await delay(Math.random() * LONGEST_WORK_MS, undefined, { signal });
    if (Math.random() < FAILURE_RATE) throw new Error('the model is overloaded');
    const text = { body: `${order.id} ${round} ${feedback ?? ''}`, contentType: 'text/plain' };
    return order.brief.includes('two files') ? [text, { ...text, fileName: 'second.txt' }] : text;
  },
});

export default defineConfig({
  agents: AGENTS.map(({ name, keyVariable }) => ({ name, apiKey: process.env[keyVariable] })),
  handlers: [work],
  policy: {
    feedbackGraceSeconds: 4,
    answerLookSeconds: 2,
    reviewLookMinutes: 0.1,
    workLookSeconds: 10,
  },
});
