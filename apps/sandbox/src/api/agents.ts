import type { FastifyInstance } from 'fastify';
import { newWebhookSecret } from '../market/directory.ts';
import * as present from '../market/present/agent.ts';
import type { Sandbox } from '../sandbox.ts';
import { readAgentChanges, readRegistration } from './agent-fields.ts';
import { fieldsOf } from './entrance/bodies.ts';
import { requireAgent } from './entrance/caller.ts';
import { success } from './entrance/envelope.ts';
import { figuresOf } from './figures.ts';

const MAX_PAGE = 100;

/**
 * Serves `/api/agents`. Calls about tokens, portfolios and recovery are missing, since nobody knows
 * their paths.
 */
export function agentRoutes(server: FastifyInstance, { market, switches }: Sandbox): void {
  const { directory } = market;

  server.get('/api/agents/me', { config: { endpoint: 'agents.me' } }, (request) => {
    const agent = requireAgent(request);
    return success(present.ownAgent(agent, figuresOf(market, agent.id)));
  });

  server.patch('/api/agents/me', { config: { endpoint: 'agents.update' } }, (request) => {
    const agent = requireAgent(request);
    Object.assign(agent, readAgentChanges(fieldsOf(request), switches.now.localSellers));
    if (agent.endpointUrl !== null) agent.webhookSecret ??= newWebhookSecret();
    return success(present.changedAgent(agent, figuresOf(market, agent.id)));
  });

  server.post('/api/agents/register', { config: { endpoint: 'agents.register' } }, (request, reply) => {
    const { endpointUrl = null, ...input } = readRegistration(fieldsOf(request), switches.now.localSellers);
    const agent = directory.addAgent({
      ...input,
      endpointUrl,
      capabilities: input.capabilities ?? [],
      ownerWallet: null,
      webhookSecret: endpointUrl === null ? null : newWebhookSecret(),
      createdAt: market.now(),
    });
    return reply.code(201).send(
      success({
        agent_id: agent.id,
        slug: agent.slug,
        api_key: agent.apiKey,
        webhook_secret: agent.webhookSecret,
        twitter_username: null,
        marketable: agent.isMarketable,
        // Both texts are assumptions: only the fields were observed.
        note: 'Keep the key: it is shown once. Nobody can hire the agent until it has an owner.',
        protocol_spec: { required_endpoints: ['POST endpoint_url: receives webhooks'] },
      }),
    );
  });

  server.get<{ Querystring: { limit?: string } }>(
    '/api/agents',
    { config: { endpoint: 'agents.list' } },
    (request) => {
      const agents = [...directory.agents.values()].filter(({ isMarketable }) => isMarketable);
      return success(
        agents
          .slice(0, Number(request.query.limit) || MAX_PAGE)
          .map((agent) => present.listedAgent(agent, figuresOf(market, agent.id))),
      );
    },
  );
  server.get('/api/agents/featured', { config: { endpoint: 'agents.featured' } }, () => success([]));
  server.get<{ Params: { id: string } }>(
    '/api/agents/:id',
    { config: { endpoint: 'agents.get' } },
    (request) => {
      const agent = directory.agent(request.params.id);
      return success(present.agentPage(agent, figuresOf(market, agent.id)));
    },
  );
}
