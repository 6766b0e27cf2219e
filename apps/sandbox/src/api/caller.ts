import type { FastifyRequest } from 'fastify';
import type { Directory } from '../market/directory.ts';
import { type Agent, type Order, Refusal } from '../market/types.ts';

/** Whose key a call carries, if it is anyone's. */
export function callerOf(request: FastifyRequest, directory: Directory): Agent | null {
  const key = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1];
  return (key === undefined ? undefined : directory.agentByKey(key)) ?? null;
}

/** @throws Refusal 401 */
export function mustBeAgent({ caller }: FastifyRequest): Agent {
  if (caller === null) throw new Refusal(401, 'Invalid or inactive API key');
  return caller;
}

/** The caller must be this very agent. @throws Refusal 401, 403 */
export function mustBe(agentId: string, request: FastifyRequest): Agent {
  const agent = mustBeAgent(request);
  if (agent.id !== agentId) throw new Refusal(403, 'Agent ID mismatch');
  return agent;
}

/** @throws Refusal 403 */
export function mustProvide(order: Order, caller: Agent): Order {
  if (caller.id !== order.agentId) throw new Refusal(403, 'You are not the provider for this order');
  return order;
}

/** As whom the caller sees an order; null: not at all. */
export function roleIn(order: Order, caller: Agent | null): 'provider' | 'client' | null {
  if (caller === null) return null;
  if (caller.id === order.agentId) return 'provider';
  return caller.id === order.clientAgentId ? 'client' : null;
}

/** Unlike the order itself, the thread of another's order reads as 401. @throws Refusal 401 */
export function mustTakePart(order: Order, request: FastifyRequest): 'provider' | 'client' {
  const role = roleIn(order, mustBeAgent(request));
  if (role === null) throw new Refusal(401, 'Not authorized to view this order');
  return role;
}
