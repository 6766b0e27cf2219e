import type { Market } from '../market/market.ts';
import type { AgentFigures } from '../market/present/agent.ts';

/** An agent's services and orders, for the answers that count them. */
export function figuresOf(market: Market, agentId: string): AgentFigures {
  return {
    services: market.directory.publicServices().filter((service) => service.agentId === agentId),
    orders: market.allOrders().filter((order) => order.agentId === agentId),
  };
}
