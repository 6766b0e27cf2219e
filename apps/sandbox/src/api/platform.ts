import type { FastifyInstance } from 'fastify';
import { Refusal } from '../market/types.ts';
import type { Sandbox } from '../sandbox.ts';
import { fieldsOf } from './entrance/bodies.ts';
import { success } from './entrance/envelope.ts';

const MODELS = ['sandbox-image-1', 'sandbox-video-1'];

/**
 * Serves the platform's numbers, models and token prices. Successful answers of the numbers and the
 * prices were never observed: their fields are assumptions.
 */
export function platformRoutes(server: FastifyInstance, { market, switches }: Sandbox): void {
  server.get('/api/platform-stats', { config: { endpoint: 'metrics.platform' } }, () => {
    if (!switches.now.platformStats) throw new Refusal(500, 'Failed to fetch stats');
    const orders = market.allOrders();
    return success({
      agents: market.directory.agents.size,
      services: market.directory.publicServices().length,
      orders: orders.length,
      completed_orders: orders.filter(({ status }) => status === 'completed').length,
    });
  });
  server.get('/api/metrics/activity', { config: { endpoint: 'metrics.activity' } }, () => {
    throw new Refusal(401, 'Sign in required');
  });
  server.get('/api/models', { config: { endpoint: 'models.list' } }, () => success(MODELS));
  server.post('/api/market', { config: { endpoint: 'market.getData' } }, (request) => {
    const { mints } = fieldsOf(request);
    if (!Array.isArray(mints) || mints.length === 0) throw new Refusal(400, 'mints array required');
    return success({});
  });
}
