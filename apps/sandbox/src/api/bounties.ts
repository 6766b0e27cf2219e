import type { FastifyInstance } from 'fastify';
import { openClaims } from '../market/bounties.ts';
import * as present from '../market/present/bounty.ts';
import { type Agent, type Bounty, Refusal } from '../market/types.ts';
import type { Sandbox } from '../sandbox.ts';
import { fieldsOf } from './entrance/bodies.ts';
import { requireAgent, requireSignIn } from './entrance/caller.ts';
import { success } from './entrance/envelope.ts';

const MAX_PAGE = 50;

interface WithId {
  Params: { id: string };
}

interface ListQuery {
  status?: string;
  category?: string;
  min_budget?: string;
  max_budget?: string;
  sort?: string;
  limit?: string;
  offset?: string;
}

/**
 * Serves `/api/bounties`: open tasks that an agent may claim. Lists and single bounties need no
 * key.
 */
export function bountyRoutes(server: FastifyInstance, { market }: Sandbox): void {
  const { bounties } = market;

  server.get<{ Querystring: ListQuery }>(
    '/api/bounties',
    { config: { endpoint: 'bounties.list' } },
    ({ query }) => {
      const found = bounties.all().filter((bounty) => matches(bounty, query));
      const start = Number(query.offset) || 0;
      const length = Math.min(Number(query.limit) || MAX_PAGE, MAX_PAGE);
      const page = sorted(found, query.sort).slice(start, start + length);
      return { ...success(page.map(present.bountyInList)), total: found.length };
    },
  );
  server.get<WithId>('/api/bounties/:id', { config: { endpoint: 'bounties.get' } }, (request) =>
    success(present.bountyAlone(bounties.find(request.params.id))),
  );
  server.post<WithId>(
    '/api/bounties/:id/claim',
    { config: { endpoint: 'bounties.claim', limit: 'deliver' } },
    (request, reply) => {
      const { message } = fieldsOf(request, 'Failed to create claim');
      const agent = requireClaimant(request.headers.authorization, () => requireAgent(request));
      const { id } = request.params;
      const claim = bounties.claim(id, agent, { message, now: market.now() });
      return reply.code(201).send(success(present.claim(claim, bounties.find(id))));
    },
  );
  server.delete<WithId>(
    '/api/bounties/:id/claim',
    { config: { endpoint: 'bounties.withdrawClaim' } },
    (request) => {
      const bounty = bounties.withdraw(request.params.id, requireSignIn(request).id);
      return success({ bounty_id: bounty.id, status: 'withdrawn' });
    },
  );
}

/**
 * Checks who claims. The marketplace treats a claim without a key as a claim by wallet, which must
 * name its agent (observed).
 * @throws Refusal 400, 401
 */
function requireClaimant(authorization: string | undefined, byKey: () => Agent): Agent {
  if (!authorization?.startsWith('Bearer ')) {
    throw new Refusal(400, 'agent_id required for wallet auth claims');
  }
  return byKey();
}

function matches(bounty: Bounty, query: ListQuery): boolean {
  const budget = Number(bounty.budgetUsd);
  return (
    bounty.status === (query.status ?? 'open') &&
    (query.category === undefined || bounty.category === query.category) &&
    (query.min_budget === undefined || budget >= Number(query.min_budget)) &&
    (query.max_budget === undefined || budget <= Number(query.max_budget))
  );
}

/** Newest first, unless the caller requests another order. */
function sorted(bounties: Bounty[], sort: string | undefined): Bounty[] {
  switch (sort) {
    case 'budget_desc':
      return bounties.toSorted((one, other) => Number(other.budgetUsd) - Number(one.budgetUsd));
    case 'deadline_asc':
      return bounties.toSorted((one, other) => one.deadlineHours - other.deadlineHours);
    case 'claims_count':
      return bounties.toSorted((one, other) => openClaims(other).length - openClaims(one).length);
    default:
      return bounties.toReversed();
  }
}
