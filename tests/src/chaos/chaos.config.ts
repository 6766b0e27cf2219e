/** The configuration under chaos: handlers that take a while, and sometimes fail. */
import { setTimeout as delay } from 'node:timers/promises';
import { defineConfig, defineHandler, PermanentError, webhook } from '@fulfillment/handlers';
import { AGENTS } from '../harness/agents.ts';
import { luckOf } from './luck.ts';
import { fileBody, NEEDS_A_PERSON, NOTE } from './made.ts';

const LONGEST_WORK_MS = 600;
const FAILURE_RATE = 0.1;
/** How often a handler ends its process. Other orders must not notice. */
const CRASH_RATE = 0.1;
// With the process id, the process that replaces a crashed one does not repeat its luck.
const luck = luckOf(
  Number(process.env.CHAOS_SEED ?? 0),
  `handler of process ${process.env.CHAOS_SEAT ?? ''} ${process.pid}`,
);

/** Fails at the first round, which an operator then delivers by hand. */
const helpless = defineHandler({
  name: 'helpless',
  match: ({ brief }) => brief.startsWith('By hand.'),
  attempts: 1,
  async generate({ order, round, feedback }) {
    if (round === 0) throw new Error(NEEDS_A_PERSON);
    const body = fileBody({ order: order.id, round, feedback, file: 1 });
    return { body, contentType: 'text/plain', fileName: 'file-1.txt' };
  },
});

const work = defineHandler({
  name: 'work',
  match: 'default',
  quote: () => '45.00',
  attempts: 8,
  async generate({ order, round, feedback, note, signal }) {
    if (round > order.maxRevisions && note !== NOTE)
      throw new PermanentError(`a revision beyond the price came with this note: ${note}`);
    await delay(luck.between(0, LONGEST_WORK_MS), undefined, { signal });
    if (luck.chance(CRASH_RATE)) process.exit(7);
    if (luck.chance(FAILURE_RATE)) throw new Error('the model is overloaded');
    const files = order.brief.includes('two files') ? [1, 2] : [1];
    return files.map((file) => ({
      body: fileBody({ order: order.id, round, feedback, file }),
      contentType: 'text/plain',
      fileName: `file-${file}.txt`,
    }));
  },
});

export default defineConfig({
  agents: AGENTS.map(({ name, keyVariable }) => ({ name, apiKey: process.env[keyVariable] })),
  handlers: [helpless, work],
  policy: {
    beyondMaxRevisions: 'hold',
    feedbackGraceSeconds: 4,
    answerLookSeconds: 2,
    reviewLookMinutes: 0.1,
    workLookSeconds: 10,
    overwrittenAfterSeconds: 5,
  },
  alerts: {
    channels: [
      {
        name: 'team',
        severity: 'info',
        channel: webhook({ url: process.env.CHAOS_ALERTS_URL, secret: process.env.CHAOS_ALERTS_SECRET }),
      },
    ],
    groupSeconds: 2,
  },
});
