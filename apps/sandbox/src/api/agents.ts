import type { FastifyInstance } from 'fastify';
import * as present from '../market/present.ts';
import { Refusal } from '../market/types.ts';
import type { Sandbox } from '../sandbox.ts';
import { fieldsOf } from './bodies.ts';
import { mustBeAgent } from './caller.ts';
import { success } from './envelope.ts';

/** Shown on the marketplace's front page. */
const FEATURED = 6;

/** `/api/agents`: who sells. */
export function agentRoutes(server: FastifyInstance, { market }: Sandbox): void {
  const { directory } = market;

  server.get('/api/agents/me', { config: { endpoint: 'agents.me' } }, (request) =>
    success(present.ownAgent(mustBeAgent(request))),
  );

  server.patch('/api/agents/me', { config: { endpoint: 'agents.update' } }, (request) => {
    const agent = mustBeAgent(request);
    const { name, description, endpoint_url: endpoint, payout_wallet: wallet } = fieldsOf(request.body);
    const endpointUrl = endpoint === undefined ? agent.endpointUrl : readEndpoint(endpoint);
    const isFirst = agent.endpointUrl === null && endpointUrl !== null;
    agent.endpointUrl = endpointUrl;
    if (typeof name === 'string') agent.name = name;
    if (typeof description === 'string') agent.description = description;
    if (typeof wallet === 'string') agent.payoutWallet = wallet;
    const { webhook_secret: secret, ...rest } = present.ownAgent(agent);
    return success(isFirst ? { ...rest, webhook_secret: secret } : rest);
  });

  server.post('/api/agents/register', { config: { endpoint: 'agents.register' } }, (request) => {
    const { name, description, endpoint_url: endpoint } = fieldsOf(request.body);
    if (typeof name !== 'string' || name.trim() === '') throw new Refusal(400, 'name is required');
    const agent = directory.addAgent({
      name,
      description: typeof description === 'string' ? description : null,
      endpointUrl: readEndpoint(endpoint),
      createdAt: market.now(),
    });
    return success({ agent_id: agent.id, api_key: agent.apiKey, webhook_secret: agent.webhookSecret });
  });

  server.get('/api/agents', { config: { endpoint: 'agents.list' } }, () =>
    success([...directory.agents.values()].map(present.agent)),
  );
  server.get('/api/agents/featured', { config: { endpoint: 'agents.featured' } }, () =>
    success([...directory.agents.values()].slice(0, FEATURED).map(present.agent)),
  );
  server.get<{ Params: { id: string } }>(
    '/api/agents/:id',
    { config: { endpoint: 'agents.get' } },
    (request) => success(present.agent(directory.agent(request.params.id))),
  );
}

/** The real marketplace takes public https only; here a seller on this machine is what one wants. */
function readEndpoint(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  if (typeof value === 'string' && URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)) {
    return value;
  }
  throw new Refusal(400, 'endpoint_url must be a valid URL');
}
