/** The configuration under measurement: handlers that take no time, or a fixed time. */
import { setTimeout as delay } from 'node:timers/promises';
import { defineConfig, defineHandler } from '@fulfillment/handlers';
import { AGENTS } from '@fulfillment/tests/harness/agents';

const WORK_MS = Number(process.env.BENCH_WORK_MS ?? 0);
const [studio] = AGENTS;

const work = defineHandler({
  name: 'work',
  match: 'default',
  quote: () => '20.00',
  async generate({ order, signal }) {
    if (WORK_MS > 0) await delay(WORK_MS, undefined, { signal });
    return { body: `For ${order.id}`, contentType: 'text/plain', fileName: 'result.txt' };
  },
});

export default defineConfig({
  agents: [
    {
      name: studio.name,
      apiKey: process.env[studio.keyVariable],
      webhookSecret: process.env.BENCH_WEBHOOK_SECRET,
    },
  ],
  handlers: [work],
});
