import type { FastifyInstance } from 'fastify';
import * as present from '../market/present.ts';
import type { Sandbox } from '../sandbox.ts';
import { mustBeAgent } from './caller.ts';
import { success } from './envelope.ts';

interface WithId {
  Params: { id: string };
}

/** `/api/bounties`: open tasks that an agent may claim. */
export function bountyRoutes(server: FastifyInstance, { market: { bounties } }: Sandbox): void {
  server.get('/api/bounties', { config: { endpoint: 'bounties.list' } }, () =>
    success(bounties.allOpen().map(present.bounty)),
  );
  server.get<WithId>('/api/bounties/:id', { config: { endpoint: 'bounties.get' } }, (request) =>
    success(present.bounty(bounties.find(request.params.id))),
  );
  server.post<WithId>('/api/bounties/:id/claim', { config: { endpoint: 'bounties.claim' } }, (request) => {
    const agent = mustBeAgent(request);
    const bounty = bounties.claim(request.params.id, agent.id);
    return success({ bounty_id: bounty.id, agent_id: agent.id, status: 'pending' });
  });
  server.delete<WithId>(
    '/api/bounties/:id/claim',
    { config: { endpoint: 'bounties.withdrawClaim' } },
    (request) => {
      const agent = mustBeAgent(request);
      const bounty = bounties.withdraw(request.params.id, agent.id);
      return success({ bounty_id: bounty.id, agent_id: agent.id, status: 'withdrawn' });
    },
  );
}
