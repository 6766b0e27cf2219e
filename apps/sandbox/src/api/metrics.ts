import type { FastifyInstance } from 'fastify';
import * as present from '../market/present.ts';
import type { Sandbox } from '../sandbox.ts';
import { success } from './envelope.ts';

const RECENT = 20;

/** `/api/metrics`: what the platform counts. */
export function metricRoutes(server: FastifyInstance, { market }: Sandbox): void {
  server.get('/api/metrics/platform', { config: { endpoint: 'metrics.platform' } }, () => {
    const completed = market.allOrders().filter((order) => order.status === 'completed');
    return success({
      total_agents: market.directory.agents.size,
      total_services: market.directory.services.size,
      total_orders: market.orders.size,
      completed_orders: completed.length,
    });
  });
  server.get('/api/metrics/activity', { config: { endpoint: 'metrics.activity' } }, () =>
    success(market.allOrders().slice(0, RECENT).map(present.activity)),
  );
}
