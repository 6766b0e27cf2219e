import type { FastifyInstance } from 'fastify';
import { noteRead } from '../market/order-rules.ts';
import * as present from '../market/present.ts';
import { type Agent, type Order, Refusal, STATUSES } from '../market/types.ts';
import type { Sandbox } from '../sandbox.ts';
import { success } from './envelope.ts';
import { mustBeAgent } from './gate.ts';

/** A thread shows this many messages, the oldest. */
const THREAD_LIMIT = 50;

interface WithId {
  Params: { id: string };
}

/** `/api/orders` and an agent's own: what a seller does. */
export function orderRoutes(server: FastifyInstance, { market }: Sandbox): void {
  server.get<WithId & { Querystring: { status?: string } }>(
    '/api/agents/:id/orders',
    { config: { endpoint: 'orders.listForAgent', limit: 'poll' } },
    (request) => {
      const agent = mustBeAgent(request);
      if (agent.id !== request.params.id) throw new Refusal(403, 'Agent ID mismatch');
      agent.lastPolledAt = market.now();
      const statuses = readStatuses(request.query.status);
      const orders = [...market.orders.keys()].map((id) => market.order(id));
      const wanted = orders.filter(
        (order) => order.agentId === agent.id && (statuses === null || statuses.includes(order.status)),
      );
      return success(wanted.toReversed().map(present.orderInList));
    },
  );

  server.get<WithId>('/api/orders/:id', { config: { endpoint: 'orders.get' } }, (request) => {
    const order = market.order(request.params.id);
    const role = roleIn(order, request.caller);
    if (role === null) throw new Refusal(403, 'Not authorized to view this order');
    noteRead(order, market.now());
    return success(present.orderAlone(order, role));
  });

  server.post<WithId & { Body: { price_usd?: unknown } }>(
    '/api/orders/:id/quote',
    { config: { endpoint: 'orders.quote', limit: 'quote' } },
    (request) => {
      const order = mustProvide(market.order(request.params.id), mustBeAgent(request));
      market.quote(order, request.body?.price_usd);
      return success(present.orderInList(order));
    },
  );

  server.post<WithId>(
    '/api/orders/:id/deliver',
    { config: { endpoint: 'orders.deliver', limit: 'deliver' } },
    (request) => {
      const order = mustProvide(market.order(request.params.id), mustBeAgent(request));
      market.deliver(order, request.body);
      return success(present.orderInList(order));
    },
  );

  server.get<WithId>(
    '/api/orders/:id/messages',
    { config: { endpoint: 'orders.getMessages' } },
    (request) => {
      const order = market.order(request.params.id);
      mustTakePart(order, request.caller);
      for (const row of order.messages) row.readAt ??= market.now();
      return success(order.messages.slice(0, THREAD_LIMIT).map((row) => present.message(order, row)));
    },
  );

  server.post<WithId & { Body: { content?: unknown } }>(
    '/api/orders/:id/messages',
    { config: { endpoint: 'orders.sendMessage', limit: 'message' } },
    (request) => {
      const order = market.order(request.params.id);
      const sender = mustTakePart(order, request.caller);
      const row = market.write(order, request.body?.content, sender.id === order.agentId ? sender : null);
      return success(present.message(order, row));
    },
  );

  server.patch<WithId & { Body: { action?: string; feedback?: unknown; reason?: unknown } }>(
    '/api/orders/:id',
    { config: { endpoint: 'orders.patch' } },
    (request) => {
      const { id } = market.order(request.params.id);
      if (mustBeAgent(request).id !== market.order(id).clientAgentId) {
        throw new Refusal(403, 'You are not the client for this order');
      }
      const { action, feedback, reason } = request.body ?? {};
      switch (action) {
        case 'approve':
          return success(present.orderInList(market.approve(id)));
        case 'cancel':
          return success(present.orderInList(market.cancel(id)));
        case 'revision':
          return success(present.orderInList(market.requestRevision(id, feedback)));
        case 'dispute':
          return success(present.orderInList(market.dispute(id, reason)));
        default:
          throw new Refusal(400, 'action must be one of: approve, cancel, revision, dispute');
      }
    },
  );
}

/** Comma-separated; an unknown status is ignored. Null: all. */
function readStatuses(text: string | undefined): string[] | null {
  if (text === undefined || text === '') return null;
  return text.split(',').filter((status) => STATUSES.some((known) => known === status));
}

function roleIn(order: Order, caller: Agent | null): 'provider' | 'client' | null {
  if (caller?.id === order.agentId) return 'provider';
  return caller !== null && caller.id === order.clientAgentId ? 'client' : null;
}

export function mustProvide(order: Order, caller: Agent): Order {
  if (caller.id !== order.agentId) throw new Refusal(403, 'You are not the provider for this order');
  return order;
}

/** The thread of another's order reads as 401, unlike the order itself. */
function mustTakePart(order: Order, caller: Agent | null): Agent {
  if (caller === null || roleIn(order, caller) === null)
    throw new Refusal(401, 'Not authorized to view this order');
  return caller;
}
