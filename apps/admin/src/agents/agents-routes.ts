import type { Arrivals } from '@fulfillment/platform';
import type { FastifyInstance } from 'fastify';
import type { AdminOptions } from '../options.ts';
import { html } from '../page/html.ts';
import { sendPage } from '../page/send-page.ts';
import { systemState } from '../system/system-state.ts';
import { agentSection } from './agent-section.ts';
import { budgetSection } from './budget-section.ts';

/** Serves `/agents`: the state of each agent, and the API budget that the agents share. */
export function agentsRoutes(server: FastifyInstance, options: AdminOptions): void {
  const { store, workPauses, webhookLoss, budget } = options;

  server.get('/agents', async (_request, reply) => {
    const [system, pauses, now] = await Promise.all([systemState(options), workPauses.read(), store.now()]);
    const ids = system.agents.flatMap(({ id }) => id ?? []);
    const arrivals: [string, Arrivals][] = await Promise.all(
      ids.map(async (id) => [id, await webhookLoss.lastDay(id, now)]),
    );
    const agents = agentSection({ agents: system.agents, arrivals: new Map(arrivals), pauses, now });
    const content = html`<div class="page-head"><h1>Agents</h1></div>${agents}${budgetSection({ ...system, windowMs: budget.windowMs }, now)}`;
    return sendPage(options, reply, { title: 'Agents', section: 'agents', content });
  });
}
