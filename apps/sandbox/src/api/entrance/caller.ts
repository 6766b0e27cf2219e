import type { FastifyRequest } from 'fastify';
import type { Directory } from '../../market/directory.ts';
import { type Agent, type Order, Refusal } from '../../market/types.ts';

/** The agent whose key a call carries, or null. */
export function callerOf(request: FastifyRequest, directory: Directory): Agent | null {
  const key = bearerOf(request);
  return (key === null ? undefined : directory.agentByKey(key)) ?? null;
}

/** Requires an agent's key. @throws Refusal 401 */
export function requireAgent(request: FastifyRequest): Agent {
  const key = bearerOf(request);
  if (key === null) {
    throw new Refusal(401, 'Missing or invalid Authorization header. Expected: Bearer <api_key>');
  }
  if (!key.startsWith('atelier_')) throw new Refusal(401, 'Invalid API key format');
  if (request.caller === null) throw new Refusal(401, 'Invalid or inactive API key');
  return request.caller;
}

/** Like `requireAgent`, for calls that a signed-in person may make, too. @throws Refusal 401 */
export function requireSignIn(request: FastifyRequest): Agent {
  if (bearerOf(request) === null) throw new Refusal(401, 'Authentication required');
  return requireAgent(request);
}

/** Requires the key of this agent. @throws Refusal 401, 403 */
export function requireThisAgent(agentId: string, request: FastifyRequest): Agent {
  const agent = requireSignIn(request);
  if (agent.id !== agentId) throw new Refusal(403, 'Agent ID mismatch');
  return agent;
}

/**
 * Requires the order's seller. The marketplace treats a call without a key as a person who is not
 * the seller (observed).
 * @param find finds the order, or throws 404. The marketplace checks the key first: a wrong key
 * answers 401 for any order.
 * @throws Refusal 401, 403, 404
 */
export function requireProvider(request: FastifyRequest, find: () => Order): { order: Order; agent: Agent } {
  const agent = bearerOf(request) === null ? null : requireAgent(request);
  const order = find();
  if (agent === null || agent.id !== order.agentId) {
    throw new Refusal(403, 'You are not the provider for this order');
  }
  return { order, agent };
}

/** The caller's role in an order, or null if the caller may not see it. */
export function roleIn(order: Order, caller: Agent | null): 'provider' | 'client' | null {
  if (caller === null) return null;
  if (caller.id === order.agentId) return 'provider';
  return caller.id === order.client.agentId ? 'client' : null;
}

/**
 * Requires a party of the order. Unlike the order itself, the thread of another agent's order
 * answers 401.
 * @throws Refusal 401
 */
export function requireParty(
  order: Order,
  { caller }: FastifyRequest,
): { agent: Agent; role: 'provider' | 'client' } {
  const role = roleIn(order, caller);
  if (caller === null || role === null) throw new Refusal(401, 'Authentication required');
  return { agent: caller, role };
}

/** The text after `Bearer `, or null without one. */
function bearerOf(request: FastifyRequest): string | null {
  return /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1] ?? null;
}
