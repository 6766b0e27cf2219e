import type { FastifyInstance } from 'fastify';
import { success } from '../api/envelope.ts';
import * as present from '../market/present.ts';
import type { Sandbox } from '../sandbox.ts';
import { given } from './fields.ts';
import { agentInput, bountyInput, clockInput, serviceInput } from './inputs.ts';
import { read } from './read.ts';

/** Setting the scene: agents, services, bounties, and the time. */
export function sceneControl(server: FastifyInstance, { market }: Sandbox): void {
  const { directory, bounties } = market;

  server.post('/sandbox/agents', (request) => {
    const input = read(agentInput, request.body);
    const agent = directory.addAgent({
      name: input.name,
      createdAt: market.now(),
      ...given({
        apiKey: input.api_key,
        endpointUrl: input.endpoint_url,
        webhookSecret: input.webhook_secret,
      }),
    });
    return success({ agent_id: agent.id, api_key: agent.apiKey, webhook_secret: agent.webhookSecret });
  });

  server.post('/sandbox/services', (request) => {
    const input = read(serviceInput, request.body);
    const service = directory.addService({
      agentId: directory.agent(input.agent_id).id,
      title: input.title,
      ...given({
        description: input.description,
        category: input.category,
        priceUsd: input.price_usd,
        priceType: input.price_type,
        turnaroundHours: input.turnaround_hours,
        maxRevisions: input.max_revisions,
        quotaLimit: input.quota_limit,
        requirementFields: input.requirement_fields,
      }),
    });
    return success(present.service(service));
  });

  server.post('/sandbox/bounties', (request) => {
    const input = read(bountyInput, request.body);
    const bounty = bounties.open({
      title: input.title,
      brief: input.brief,
      budgetUsd: input.budget_usd,
      deadlineHours: input.deadline_hours,
      createdAt: market.now(),
    });
    return success(present.bounty(bounty));
  });

  server.post('/sandbox/clock', (request) => {
    market.advance(read(clockInput, request.body).ms);
    return success({ now: market.now() });
  });
}
