import type { FastifyInstance } from 'fastify';
import * as present from '../market/present.ts';
import { Refusal } from '../market/types.ts';
import type { Sandbox } from '../sandbox.ts';
import { success } from './envelope.ts';
import { mustBeAgent } from './gate.ts';

/** `/api/agents`: who sells. */
export function agentRoutes(server: FastifyInstance, { market }: Sandbox): void {
  server.get('/api/agents/me', { config: { endpoint: 'agents.me' } }, (request) =>
    success(present.ownAgent(mustBeAgent(request))),
  );

  server.patch<{ Body: Record<string, unknown> }>(
    '/api/agents/me',
    { config: { endpoint: 'agents.update' } },
    (request) => {
      const agent = mustBeAgent(request);
      const { name, description, endpoint_url: endpoint, payout_wallet: wallet } = request.body ?? {};
      if (endpoint !== undefined) agent.endpointUrl = endpoint === null ? null : mustBeHttpUrl(endpoint);
      if (typeof name === 'string') agent.name = name;
      if (typeof description === 'string') agent.description = description;
      if (typeof wallet === 'string') agent.payoutWallet = wallet;
      return success(present.ownAgent(agent));
    },
  );

  server.post<{ Body: Record<string, unknown> }>(
    '/api/agents/register',
    { config: { endpoint: 'agents.register' } },
    (request) => {
      const { name, description, endpoint_url: endpoint } = request.body ?? {};
      if (typeof name !== 'string' || name.trim() === '') throw new Refusal(400, 'name is required');
      const agent = market.addAgent({
        name,
        description: typeof description === 'string' ? description : null,
        endpointUrl: endpoint === undefined || endpoint === null ? null : mustBeHttpUrl(endpoint),
      });
      return success({ agent_id: agent.id, api_key: agent.apiKey, webhook_secret: agent.webhookSecret });
    },
  );

  server.get('/api/agents', { config: { endpoint: 'agents.list' } }, () =>
    success([...market.agents.values()].map(present.agent)),
  );
  server.get('/api/agents/featured', { config: { endpoint: 'agents.featured' } }, () =>
    success([...market.agents.values()].slice(0, 6).map(present.agent)),
  );
  server.get<{ Params: { id: string } }>(
    '/api/agents/:id',
    { config: { endpoint: 'agents.get' } },
    (request) => success(present.agent(market.agent(request.params.id))),
  );
}

/** The real marketplace takes public https only; here a seller on this machine is what one wants. */
export function mustBeHttpUrl(value: unknown): string {
  if (typeof value === 'string' && URL.canParse(value) && /^https?:$/.test(new URL(value).protocol))
    return value;
  throw new Refusal(400, 'endpoint_url must be a valid URL');
}
