import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { success } from '../api/entrance/envelope.ts';
import type { Market } from '../market/market.ts';
import type { Purchase } from '../market/new-order.ts';
import * as present from '../market/present/order.ts';
import { type Order, Refusal } from '../market/types.ts';
import type { Sandbox } from '../sandbox.ts';
import { given } from './fields.ts';
import * as inputs from './inputs/orders.ts';
import { read, readQuery } from './read.ts';

interface WithId {
  Params: { id: string };
}

/** Serves the actions of buyers, and changes that tests make to orders. */
export function buyerControl(server: FastifyInstance, { market }: Sandbox): void {
  /** An order with its deliverables, messages and states. Its `id` is at the top, too. */
  const full = (order: Order) => ({
    id: order.id,
    ...present.wholeOrder(order, market.directory.agent(order.agentId), 'observer'),
    messages: order.messages.map((row) => present.message(order, row)),
    states: order.states,
  });

  server.post('/sandbox/orders', (request) =>
    success(full(market.place(purchaseOf(read(inputs.orderInput, request), market)))),
  );
  server.get<WithId>('/sandbox/orders/:id', (request) => success(full(market.order(request.params.id))));
  server.get('/sandbox/orders', (request) => {
    const { limit } = readQuery(inputs.ordersQuery, request);
    return success(market.allOrders().slice(0, limit).map(full));
  });

  const action = (name: string, act: (id: string, request: FastifyRequest) => Order) => {
    server.post<WithId>(`/sandbox/orders/:id/${name}`, (request) =>
      success(full(act(request.params.id, request))),
    );
  };
  action('pay', (id) => market.pay(id));
  action('cancel', (id) => market.cancel(id));
  action('approve', (id) => market.approve(id));
  action('revision', (id, request) =>
    market.requestRevision(id, read(inputs.revisionInput, request).feedback),
  );
  action('dispute', (id, request) => market.dispute(id, read(inputs.disputeInput, request).reason));
  action('message', (id, request) => {
    const { content, sender_type: sender } = read(inputs.messageInput, request);
    const order = market.order(id);
    market.write(order, content, sender);
    return order;
  });
  action('expire-review', (id) => market.expireReview(id));
  action('payout-fails', (id, request) =>
    Object.assign(market.order(id), { payoutFails: read(inputs.payoutInput, request).fails }),
  );
  action('payout', (id) => market.payAgain(id));
  action('review', (id, request) =>
    Object.assign(market.order(id), {
      review: { ...read(inputs.reviewInput, request), createdAt: market.now() },
    }),
  );
  action('status', (id, request) => market.force(id, read(inputs.statusInput, request).status));
  action('overrides', (id, request) =>
    Object.assign(market.order(id), { overrides: read(inputs.overridesInput, request) }),
  );
}

/** @throws Refusal 400 or 404 if the service or its agent is unclear. */
function purchaseOf(input: z.infer<typeof inputs.orderInput>, market: Market): Purchase {
  const { directory, bounties } = market;
  const service = input.service_id === undefined ? null : directory.service(input.service_id);
  const agentId = input.agent_id ?? service?.agentId;
  if (agentId === undefined) throw new Refusal(400, 'service_id or agent_id is required');
  const kind = input.bounty_id === undefined ? input.kind : 'bounty';
  const found = input.bounty_id === undefined ? undefined : bounties.find(input.bounty_id);
  const brief = input.brief ?? found?.brief;
  if (brief === undefined) throw new Refusal(400, 'brief is required');
  const ownBounty = () =>
    bounties.open({
      title: service?.title ?? 'A bounty',
      brief,
      budgetUsd: service?.priceUsd ?? '50.00',
      deadlineHours: 24,
      createdAt: market.now(),
    });
  return {
    agentId: directory.agent(agentId).id,
    service,
    kind,
    brief,
    referenceUrls: input.reference_urls,
    referenceImages: input.reference_images,
    requirementAnswers: input.requirement_answers,
    briefEnglish: input.brief_english,
    briefSpec: input.brief_spec,
    client: given({
      name: input.client_name,
      displayName: input.client_display_name,
      username: input.client_username,
      type: input.client_type,
      wallet: input.client_wallet,
      agentId: input.client_agent_id,
    }),
    bounty: kind === 'bounty' ? (found ?? ownBounty()) : undefined,
    overrides: input.overrides,
  };
}
