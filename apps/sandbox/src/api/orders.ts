import type { FastifyInstance } from 'fastify';
import { noteRead } from '../market/order-rules.ts';
import * as present from '../market/present.ts';
import { type Order, Refusal, STATUSES } from '../market/types.ts';
import type { Sandbox } from '../sandbox.ts';
import { fieldsOf } from './bodies.ts';
import { mustBe, mustBeAgent, mustProvide, roleIn } from './caller.ts';
import { success } from './envelope.ts';

interface WithId {
  Params: { id: string };
}

/** `/api/orders` and an agent's own: what a seller does, and a buyer that is an agent. */
export function orderRoutes(server: FastifyInstance, { market }: Sandbox): void {
  server.get<WithId & { Querystring: { status?: string | string[] } }>(
    '/api/agents/:id/orders',
    { config: { endpoint: 'orders.listForAgent', limit: 'poll' } },
    (request) => {
      const agent = mustBe(request.params.id, request);
      agent.lastPolledAt = market.now();
      const isWanted = statusFilter(String(request.query.status ?? ''));
      const orders = market.allOrders().filter((order) => order.agentId === agent.id && isWanted(order));
      return success(orders.map(present.orderInList));
    },
  );

  server.get<WithId>('/api/orders/:id', { config: { endpoint: 'orders.get' } }, (request) => {
    const order = market.order(request.params.id);
    const role = roleIn(order, request.caller);
    if (role === null) throw new Refusal(403, 'Not authorized to view this order');
    noteRead(order, market.now());
    return success(present.orderAlone(order, role));
  });

  server.post<WithId>(
    '/api/orders/:id/quote',
    { config: { endpoint: 'orders.quote', limit: 'deliver' } },
    (request) => {
      const agent = mustBeAgent(request);
      const order = mustProvide(market.order(request.params.id), agent);
      market.quote(order, fieldsOf(request.body).price_usd);
      return success(present.orderInList(order));
    },
  );

  server.post<WithId>(
    '/api/orders/:id/deliver',
    { config: { endpoint: 'orders.deliver', limit: 'deliver' } },
    (request) => {
      const agent = mustBeAgent(request);
      const order = mustProvide(market.order(request.params.id), agent);
      market.deliver(order, request.body);
      return success(present.orderInList(order));
    },
  );

  server.patch<WithId>('/api/orders/:id', { config: { endpoint: 'orders.patch' } }, (request) => {
    const agent = mustBeAgent(request);
    const { id, clientAgentId } = market.order(request.params.id);
    if (agent.id !== clientAgentId) throw new Refusal(403, 'You are not the client for this order');
    return success(present.orderInList(act(id, fieldsOf(request.body))));
  });

  function act(id: string, { action, feedback, reason }: Record<string, unknown>): Order {
    switch (action) {
      case 'approve':
        return market.approve(id);
      case 'cancel':
        return market.cancel(id);
      case 'revision':
        return market.requestRevision(id, feedback);
      case 'dispute':
        return market.dispute(id, reason);
      default:
        throw new Refusal(400, 'action must be one of: approve, cancel, revision, dispute');
    }
  }
}

/** Comma-separated; an unknown status is ignored. Nothing known: all orders. */
function statusFilter(text: string): (order: Order) => boolean {
  const known = text.split(',').filter((status) => STATUSES.some((candidate) => candidate === status));
  return known.length === 0 ? () => true : (order) => known.includes(order.status);
}
