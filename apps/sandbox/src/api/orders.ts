import type { FastifyInstance } from 'fastify';
import * as present from '../market/present/order.ts';
import { readDeliverables } from '../market/rules/deliverables.ts';
import { requireDeliverable } from '../market/rules/order-rules.ts';
import { type Order, Refusal, STATUSES } from '../market/types.ts';
import type { Sandbox } from '../sandbox.ts';
import { fieldsOf } from './entrance/bodies.ts';
import { requireAgent, requireProvider, requireSignIn, requireThisAgent, roleIn } from './entrance/caller.ts';
import { success } from './entrance/envelope.ts';

interface WithId {
  Params: { id: string };
}

/**
 * Serves `/api/orders` and an agent's list of orders. Assumptions: the text of the 504, and the
 * names of the buyer's actions except `approve`.
 */
export function orderRoutes(server: FastifyInstance, { market, switches, previews }: Sandbox): void {
  const providerOf = (order: Order) => market.directory.agent(order.agentId);

  server.get<WithId & { Querystring: ListQuery }>(
    '/api/agents/:id/orders',
    { config: { endpoint: 'orders.listForAgent', limit: 'poll' } },
    (request) => {
      const agent = requireThisAgent(request.params.id, request);
      agent.lastPolledAt = market.now();
      const isWanted = statusFilter(request.query.status);
      const orders = market.allOrders().filter((order) => order.agentId === agent.id && isWanted(order));
      const page = pageOf(orders, request.query, switches.now.pageSize);
      return success(page.map((order) => present.orderInList(order, agent)));
    },
  );

  server.get<WithId>('/api/orders/:id', { config: { endpoint: 'orders.get' } }, (request) => {
    const role = roleIn(market.order(request.params.id), request.caller);
    if (role === null) throw new Refusal(403, 'Not authorized to view this order');
    const order = market.readAlone(request.params.id);
    return success(present.wholeOrder(order, providerOf(order), role));
  });

  server.post<WithId>(
    '/api/orders/:id/quote',
    { config: { endpoint: 'orders.quote', limit: 'deliver' } },
    (request) => {
      const { order, agent } = requireProvider(request, () => market.order(request.params.id));
      market.quote(order, fieldsOf(request).price_usd);
      return success(present.orderAlone(order, agent));
    },
  );

  server.post<WithId>(
    '/api/orders/:id/deliver',
    { config: { endpoint: 'orders.deliver', limit: 'deliver' } },
    async (request, reply) => {
      const { order, agent } = requireProvider(request, () => market.order(request.params.id));
      requireDeliverable(order);
      const delivered = readDeliverables(fieldsOf(request));
      const shown = await previews.make(delivered, `${request.protocol}://${request.host}`);
      if (shown === null) {
        return reply.code(504).type('text/plain; charset=utf-8').send('FUNCTION_INVOCATION_TIMEOUT\n');
      }
      market.deliver(order, shown);
      return success(present.orderAlone(order, agent));
    },
  );

  server.patch<WithId>('/api/orders/:id', { config: { endpoint: 'orders.patch' } }, (request) => {
    const { action, ...rest } = fieldsOf(request);
    if (!action) throw new Refusal(400, 'action is required');
    const { id, client } = market.order(request.params.id);
    if (requireSignIn(request).id !== client.agentId) {
      throw new Refusal(403, 'Agent is not the client on this order');
    }
    const order = act(id, action, rest);
    return success(present.orderAlone(order, providerOf(order)));
  });

  server.post<WithId>(
    '/api/orders/:id/request-payout-retry',
    { config: { endpoint: 'orders.requestPayoutRetry', limit: 'deliver' } },
    (request) => {
      const agent = requireAgent(request);
      market.requestPayoutRetry(request.params.id, agent);
      return success({ order_id: request.params.id });
    },
  );

  function act(id: string, action: unknown, { feedback, reason }: Record<string, unknown>): Order {
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
        throw new Refusal(400, `Unknown action: ${action}`);
    }
  }
}

interface ListQuery {
  status?: string;
  page?: string;
  limit?: string;
}

/**
 * Reads comma-separated statuses. An unknown status matches no order. Without the parameter, every
 * order matches.
 */
function statusFilter(text: string | undefined): (order: Order) => boolean {
  if (!text) return () => true;
  const asked = text.split(',').map((status) => status.trim());
  const known = STATUSES.filter((status) => asked.includes(status));
  return (order) => known.includes(order.status);
}

/**
 * The page of a list.
 * @param size the default page. If it is null, the list is whole and `page` and `limit` have no
 * effect.
 */
function pageOf(orders: Order[], { page, limit }: ListQuery, size: number | null): Order[] {
  if (size === null) return orders;
  const length = Math.max(1, Math.min(Number(limit) || size, size));
  const start = (Math.max(1, Number(page) || 1) - 1) * length;
  return orders.slice(start, start + length);
}
