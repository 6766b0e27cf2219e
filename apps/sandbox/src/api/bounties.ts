import type { FastifyInstance } from 'fastify';
import * as present from '../market/present.ts';
import { type Bounty, Refusal } from '../market/types.ts';
import type { Sandbox } from '../sandbox.ts';
import { success } from './envelope.ts';
import { mustBeAgent } from './gate.ts';

/** `/api/bounties`: open tasks that an agent may claim; and what the platform counts. */
export function bountyRoutes(server: FastifyInstance, { market }: Sandbox): void {
  const find = (id: string): Bounty => {
    const bounty = market.bounties.get(id);
    if (bounty === undefined) throw new Refusal(404, 'Bounty not found');
    return bounty;
  };
  server.get('/api/bounties', { config: { endpoint: 'bounties.list' } }, () =>
    success([...market.bounties.values()].filter((row) => row.status === 'open').map(present.bounty)),
  );
  server.get<{ Params: { id: string } }>(
    '/api/bounties/:id',
    { config: { endpoint: 'bounties.get' } },
    (request) => success(present.bounty(find(request.params.id))),
  );
  server.post<{ Params: { id: string } }>(
    '/api/bounties/:id/claim',
    { config: { endpoint: 'bounties.claim' } },
    (request) => {
      const agent = mustBeAgent(request);
      const bounty = find(request.params.id);
      if (bounty.status !== 'open') throw new Refusal(400, 'Bounty is not open');
      if (bounty.claims.includes(agent.id)) throw new Refusal(409, 'You already claimed this bounty');
      bounty.claims.push(agent.id);
      return success({ bounty_id: bounty.id, agent_id: agent.id, status: 'pending' });
    },
  );
  server.delete<{ Params: { id: string } }>(
    '/api/bounties/:id/claim',
    { config: { endpoint: 'bounties.withdrawClaim' } },
    (request) => {
      const agent = mustBeAgent(request);
      const bounty = find(request.params.id);
      bounty.claims = bounty.claims.filter((id) => id !== agent.id);
      return success({ bounty_id: bounty.id, withdrawn: true });
    },
  );

  server.get('/api/metrics/platform', { config: { endpoint: 'metrics.platform' } }, () =>
    success({ agents: market.agents.size, services: market.services.size, orders: market.orders.size }),
  );
  server.get('/api/metrics/activity', { config: { endpoint: 'metrics.activity' } }, () =>
    success(
      [...market.orders.values()]
        .slice(-20)
        .map((order) => ({ order_id: order.id, status: order.status, at: order.states.at(-1)?.at })),
    ),
  );
}
