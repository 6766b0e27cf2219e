import type { FastifyInstance } from 'fastify';
import { success } from '../api/entrance/envelope.ts';
import { figuresOf } from '../api/figures.ts';
import { bountyAlone } from '../market/present/bounty.ts';
import { ownService } from '../market/present/service.ts';
import { isoTime } from '../market/present/values.ts';
import type { Sandbox } from '../sandbox.ts';
import { shown } from './fields.ts';
import { CONTROL_CALLS } from './index-of-calls.ts';
import { historyQuery } from './inputs/weather.ts';
import { readQuery } from './read.ts';
import { showHabits } from './webhooks.ts';

/** Serves the state, the history, and the reset. */
export function lookingControl(server: FastifyInstance, sandbox: Sandbox): void {
  const { market, webhooks, limiter, faults, history, switches } = sandbox;

  server.get('/sandbox', () =>
    success(CONTROL_CALLS.map(([method, path, purpose]) => ({ method, path, purpose }))),
  );

  server.get('/sandbox/history', (request) => {
    const { order_id: orderId, agent_id: agentId, endpoint } = readQuery(historyQuery, request);
    const isAsked = (entry: { order_id: string | null; agent_id: string | null }) =>
      (orderId === undefined || entry.order_id === orderId) &&
      (agentId === undefined || entry.agent_id === agentId);
    const states = [...market.orders.values()].flatMap((order) =>
      order.states.map((state) => ({ order_id: order.id, agent_id: order.agentId, ...state })),
    );
    return success({
      calls: history.calls.filter(
        (call) => isAsked(call) && (endpoint === undefined || call.endpoint === endpoint),
      ),
      webhooks: history.webhooks.filter(isAsked),
      states: states.filter(isAsked).toSorted((one, other) => one.at - other.at),
    });
  });

  server.get('/sandbox/state', () =>
    success({
      now: market.now(),
      agents: [...market.directory.agents.values()].map((agent) => ({
        id: agent.id,
        name: agent.name,
        endpoint_url: agent.endpointUrl,
        marketable: agent.isMarketable,
        last_polled_at: isoTime(agent.lastPolledAt),
      })),
      services: [...market.directory.services.values()].map((service) =>
        ownService(service, market.directory.agent(service.agentId), figuresOf(market, service.agentId)),
      ),
      bounties: market.bounties
        .all()
        .filter(({ status }) => status === 'open')
        .map(bountyAlone),
      orders: market.orders.size,
      delivered: [...market.orders.values()].filter((order) => order.status === 'delivered').length,
      calls: history.calls.length,
      webhook_attempts: history.webhooks.length,
      rate_limit: shown(limiter.settings),
      behaviour: shown(switches.now),
      webhooks: showHabits(webhooks.habits),
      faults: faults.all().map(shown),
    }),
  );

  server.post('/sandbox/reset', () => {
    sandbox.reset();
    return success({ reset: true });
  });
}
