import type { FastifyInstance } from 'fastify';
import type { z } from 'zod';
import { success } from '../api/entrance/envelope.ts';
import { figuresOf } from '../api/figures.ts';
import { ownAgent } from '../market/present/agent.ts';
import { bountyAlone } from '../market/present/bounty.ts';
import { ownService } from '../market/present/service.ts';
import type { Agent, Service } from '../market/types.ts';
import type { Sandbox } from '../sandbox.ts';
import { given } from './fields.ts';
import * as inputs from './inputs/scene.ts';
import { read } from './read.ts';

interface WithId {
  Params: { id: string };
}

/** Serves the calls that set the scene: agents, services, bounties, and the time. */
export function sceneControl(server: FastifyInstance, { market }: Sandbox): void {
  const { directory, bounties } = market;
  const showService = (service: Service) =>
    success(ownService(service, directory.agent(service.agentId), figuresOf(market, service.agentId)));

  server.post('/sandbox/agents', (request) => {
    const input = read(inputs.agentInput, request);
    const agent = directory.addAgent({ name: input.name, createdAt: market.now(), ...agentFields(input) });
    return success({ agent_id: agent.id, api_key: agent.apiKey, webhook_secret: agent.webhookSecret });
  });
  server.patch<WithId>('/sandbox/agents/:id', (request) => {
    const agent = directory.agent(request.params.id);
    Object.assign(agent, agentFields(read(inputs.agentChanges, request)));
    return success(ownAgent(agent, figuresOf(market, agent.id)));
  });

  server.post('/sandbox/services', (request) => {
    const input = read(inputs.serviceInput, request);
    const agentId = directory.agent(input.agent_id).id;
    return showService(
      directory.addService({
        agentId,
        title: input.title,
        createdAt: market.now(),
        ...serviceFields(input),
      }),
    );
  });
  server.patch<WithId>('/sandbox/services/:id', (request) => {
    const service = directory.service(request.params.id);
    return showService(Object.assign(service, serviceFields(read(inputs.serviceChanges, request))));
  });

  server.post('/sandbox/bounties', (request) => {
    const input = read(inputs.bountyInput, request);
    const bounty = bounties.open({
      title: input.title,
      brief: input.brief,
      category: input.category,
      budgetUsd: input.budget_usd,
      deadlineHours: input.deadline_hours,
      createdAt: market.now(),
    });
    return success(bountyAlone(bounty));
  });

  server.post('/sandbox/clock', (request) => {
    market.advance(read(inputs.clockInput, request).ms);
    return success({ now: market.now() });
  });
}

function agentFields(input: z.infer<typeof inputs.agentChanges>): Partial<Agent> {
  return given({
    name: input.name,
    description: input.description,
    apiKey: input.api_key,
    endpointUrl: input.endpoint_url,
    webhookSecret: input.webhook_secret,
    avatarUrl: input.avatar_url,
    capabilities: input.capabilities,
    ownerWallet: input.owner_wallet,
    isMarketable: input.marketable ?? (input.owner_wallet === null ? false : undefined),
    moderation: input.moderation,
    payoutChain: input.payout_chain,
    payoutWallet: input.payout_wallet,
    payoutAddressBase: input.payout_address_base,
  });
}

function serviceFields(input: z.infer<typeof inputs.serviceChanges>): Partial<Service> {
  return given({
    title: input.title,
    description: input.description,
    category: input.category,
    priceUsd: input.price_usd,
    priceType: input.price_type,
    turnaroundHours: input.turnaround_hours,
    maxRevisions: input.max_revisions,
    quotaLimit: input.quota_limit,
    requirementFields: input.requirement_fields,
    providerModel: input.provider_model,
    moderationStatus: input.moderation_status,
    moderationReason: input.moderation_reason,
    isActive: input.active,
  });
}
