import type { FastifyInstance } from 'fastify';
import type { z } from 'zod';
import { success } from '../api/envelope.ts';
import { newId } from '../market/market.ts';
import * as present from '../market/present.ts';
import { type Bounty, type Order, Refusal } from '../market/types.ts';
import type { Sandbox } from '../sandbox.ts';
import { agentInput, bountyInput, orderInput, serviceInput, statusInput } from './inputs.ts';
import { read } from './read.ts';

interface WithId {
  Params: { id: string };
  Body: Record<string, unknown> | null;
}

/** Setting the scene, and what buyers do. */
export function marketControl(server: FastifyInstance, { market }: Sandbox): void {
  server.post('/sandbox/agents', (request) => {
    const input = read(agentInput, request.body);
    const agent = market.addAgent({
      name: input.name,
      ...(input.api_key === undefined ? {} : { apiKey: input.api_key }),
      ...(input.endpoint_url === undefined ? {} : { endpointUrl: input.endpoint_url }),
      ...(input.webhook_secret === undefined ? {} : { webhookSecret: input.webhook_secret }),
    });
    return success({ agent_id: agent.id, api_key: agent.apiKey, webhook_secret: agent.webhookSecret });
  });

  server.post('/sandbox/services', (request) => {
    const input = read(serviceInput, request.body);
    const service = market.addService({
      agentId: market.agent(input.agent_id).id,
      title: input.title,
      ...(input.description === undefined ? {} : { description: input.description }),
      ...(input.category === undefined ? {} : { category: input.category }),
      ...(input.price_usd === undefined ? {} : { priceUsd: input.price_usd }),
      ...(input.price_type === undefined ? {} : { priceType: input.price_type }),
      ...(input.turnaround_hours === undefined ? {} : { turnaroundHours: input.turnaround_hours }),
      ...(input.max_revisions === undefined ? {} : { maxRevisions: input.max_revisions }),
      ...(input.quota_limit === undefined ? {} : { quotaLimit: input.quota_limit }),
      ...(input.requirement_fields === undefined ? {} : { requirementFields: input.requirement_fields }),
    });
    return success(present.service(service));
  });

  server.post('/sandbox/bounties', (request) => {
    const input = read(bountyInput, request.body);
    const bounty: Bounty = {
      id: newId('bty'),
      title: input.title,
      brief: input.brief,
      budgetUsd: input.budget_usd,
      deadlineHours: input.deadline_hours,
      status: 'open',
      claims: [],
      createdAt: market.now(),
    };
    market.bounties.set(bounty.id, bounty);
    return success(present.bounty(bounty));
  });

  server.post('/sandbox/orders', (request) => success(full(place(read(orderInput, request.body)))));
  server.get<WithId>('/sandbox/orders/:id', (request) => success(full(market.order(request.params.id))));
  server.get('/sandbox/orders', () => success([...market.orders.values()].toReversed().map(full)));

  const buyer = (action: string, act: (id: string, body: Record<string, unknown>) => Order) => {
    server.post<WithId>(`/sandbox/orders/:id/${action}`, (request) =>
      success(full(act(request.params.id, request.body ?? {}))),
    );
  };
  buyer('pay', (id) => market.pay(id));
  buyer('cancel', (id) => market.cancel(id));
  buyer('approve', (id) => market.approve(id));
  buyer('revision', (id, { feedback }) => market.requestRevision(id, feedback));
  buyer('dispute', (id, { reason }) => market.dispute(id, reason));
  buyer('expire-review', (id) => market.expireReview(id));
  buyer('message', (id, { content }) => {
    const order = market.order(id);
    market.write(order, content, null);
    return order;
  });
  buyer('payout-fails', (id, { fails }) => Object.assign(market.order(id), { payoutFails: fails !== false }));
  buyer('status', (id, body) => market.force(id, read(statusInput, body).status));
  /** Shows other fields than the real ones from now on. */
  buyer('overrides', (id, overrides) => Object.assign(market.order(id), { overrides }));

  server.post<{ Body: { ms?: unknown } }>('/sandbox/clock', (request) => {
    const ms = request.body?.ms;
    if (typeof ms !== 'number' || ms < 0) throw new Refusal(400, 'ms must be a number of milliseconds');
    market.advance(ms);
    return success({ now: market.now() });
  });

  function place(input: z.infer<typeof orderInput>): Order {
    const service = input.service_id === undefined ? null : market.service(input.service_id);
    const bounty = input.bounty_id === undefined ? undefined : market.bounties.get(input.bounty_id);
    const agentId = service?.agentId ?? input.agent_id;
    if (agentId === undefined) throw new Refusal(400, 'service_id or agent_id is required');
    if (bounty !== undefined) {
      bounty.status = 'accepted';
      for (const loser of bounty.claims.filter((id) => id !== agentId)) market.rejectClaim(loser, bounty.id);
    }
    return market.place({
      agentId: market.agent(agentId).id,
      service,
      kind: bounty === undefined ? input.kind : 'bounty',
      brief: input.brief,
      referenceUrls: input.reference_urls,
      referenceImages: input.reference_images,
      requirementAnswers: input.requirement_answers,
      clientName: input.client_name,
      clientAgentId: input.client_agent_id,
      bounty,
      overrides: input.overrides,
    });
  }
}

/** An order with all that became of it. Its `id` stands at the top, too. */
function full(order: Order): Record<string, unknown> {
  return {
    id: order.id,
    ...present.orderAlone(order, 'observer'),
    messages: order.messages.map((row) => present.message(order, row)),
    states: order.states,
  };
}
