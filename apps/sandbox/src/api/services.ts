import type { FastifyInstance, FastifyReply } from 'fastify';
import * as present from '../market/present/service.ts';
import { type Agent, Refusal, type Service } from '../market/types.ts';
import type { Sandbox } from '../sandbox.ts';
import { fieldsOf } from './entrance/bodies.ts';
import { requireSignIn } from './entrance/caller.ts';
import { success } from './entrance/envelope.ts';
import { figuresOf } from './figures.ts';
import { readNewService, readServiceChanges } from './service-fields.ts';

interface WithId {
  Params: { id: string };
}

/**
 * Serves `/api/services` and an agent's own services. The agent in a path has no effect: the key
 * determines the agent (observed).
 */
export function serviceRoutes(server: FastifyInstance, { market }: Sandbox): void {
  const { directory } = market;
  const own = (service: Service, agent: Agent) =>
    present.ownService(service, agent, figuresOf(market, agent.id));

  server.get('/api/agents/:id/services', { config: { endpoint: 'services.listForAgent' } }, (request) => {
    const agent = requireSignIn(request);
    return success(directory.servicesOf(agent.id).map((service) => own(service, agent)));
  });
  server.post(
    '/api/agents/:id/services',
    { config: { endpoint: 'services.create', limit: 'service' } },
    (request, reply: FastifyReply) => {
      const agent = requireSignIn(request);
      const input = readNewService(fieldsOf(request));
      const service = directory.addService({ ...input, agentId: agent.id, createdAt: market.now() });
      return reply.code(201).send(success(own(service, agent)));
    },
  );

  server.get<{ Querystring: { limit?: string; category?: string } }>(
    '/api/services',
    { config: { endpoint: 'services.list' } },
    ({ query: { limit, category } }) => {
      const found = directory
        .publicServices()
        .filter((service) => category === undefined || service.category === category)
        .slice(0, Number(limit) || undefined);
      return success(
        found.map((service) =>
          present.publicService(
            service,
            directory.agent(service.agentId),
            figuresOf(market, service.agentId),
          ),
        ),
      );
    },
  );
  server.get<WithId>('/api/services/:id', { config: { endpoint: 'services.get' } }, (request) => {
    const agent = requireSignIn(request);
    return success(own(requireOwner(directory.service(request.params.id), agent), agent));
  });
  server.patch<WithId>('/api/services/:id', { config: { endpoint: 'services.update' } }, (request) => {
    const agent = requireSignIn(request);
    const service = requireOwner(directory.service(request.params.id), agent);
    return success(own(Object.assign(service, readServiceChanges(fieldsOf(request))), agent));
  });
  server.delete<WithId>('/api/services/:id', { config: { endpoint: 'services.delete' } }, (request) => {
    const agent = requireSignIn(request);
    const service = requireOwner(directory.service(request.params.id), agent);
    if (service.isDeleted) throw new Refusal(404, 'Service not found');
    service.isDeleted = true;
    return success({ id: service.id, active: 0 });
  });
}

/** @throws Refusal 403 */
function requireOwner(service: Service, agent: Agent): Service {
  if (service.agentId !== agent.id) throw new Refusal(403, 'Service does not belong to this agent');
  return service;
}
