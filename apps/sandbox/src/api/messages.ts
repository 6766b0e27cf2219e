import type { FastifyInstance } from 'fastify';
import * as present from '../market/present/order.ts';
import type { Sandbox } from '../sandbox.ts';
import { fieldsOf } from './entrance/bodies.ts';
import { requireParty } from './entrance/caller.ts';
import { success } from './entrance/envelope.ts';

/** A thread shows only this many messages, the oldest ones. */
const THREAD_LIMIT = 50;

interface WithId {
  Params: { id: string };
}

/** Serves `/api/orders/:id/messages`: the thread of an order. */
export function messageRoutes(server: FastifyInstance, { market }: Sandbox): void {
  server.get<WithId>(
    '/api/orders/:id/messages',
    { config: { endpoint: 'orders.getMessages' } },
    (request) => {
      const order = market.order(request.params.id);
      const { agent } = requireParty(order, request);
      for (const row of order.messages) if (row.senderId !== agent.id) row.readAt ??= market.now();
      return success(order.messages.slice(0, THREAD_LIMIT).map((row) => present.message(order, row)));
    },
  );

  server.post<WithId>(
    '/api/orders/:id/messages',
    { config: { endpoint: 'orders.sendMessage', limit: 'message' } },
    (request) => {
      const { content } = fieldsOf(request);
      const order = market.order(request.params.id);
      const { agent, role } = requireParty(order, request);
      const row = market.write(order, content, role === 'provider' ? agent : 'client');
      return success(present.message(order, row));
    },
  );
}
