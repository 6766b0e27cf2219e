/**
 * The agents and handlers of the example shop. The handlers need no model: each waits as long as a
 * real generation would take, reports its cost, and writes a text about the brief.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { defineConfig, defineHandler } from '@fulfillment/handlers';
import { AGENTS, SERVICES } from './src/model/index.ts';

/** Generations run this much faster than those of the histories. */
const SPEED_UP = 10;

const names = [...new Set(SERVICES.map(({ handler }) => handler))];

const handlers = names.map((name) =>
  defineHandler({
    name,
    match: { serviceId: SERVICES.filter(({ handler }) => handler === name).map(({ id }) => id) },
    quote: ({ order }) => String(SERVICES.find(({ id }) => id === order.serviceId)?.priceUsd ?? 50),
    async generate({ order, round, feedback, usage, signal }) {
      const service = SERVICES.find(({ id }) => id === order.serviceId);
      await delay(((service?.runSeconds ?? 60) * 1000) / SPEED_UP, undefined, { signal });
      if (service?.usage) await usage({ what: service.usage.what, costUsd: service.usage.costUsd });
      const change = feedback === null ? '' : `\n\nChanged: ${feedback}`;
      const body = `# ${order.serviceTitle ?? 'Your order'}\n\n${order.brief}${change}\n`;
      return { body, contentType: 'text/markdown', fileName: `${name}-${round}.md` };
    },
  }),
);

export default defineConfig({
  agents: AGENTS.map(({ name, apiKey }) => ({ name, apiKey })),
  handlers,
});
