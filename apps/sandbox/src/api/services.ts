import type { FastifyInstance } from 'fastify';
import * as present from '../market/present.ts';
import { PRICE_TYPES, Refusal, type Service } from '../market/types.ts';
import type { Sandbox } from '../sandbox.ts';
import { success } from './envelope.ts';
import { mustBeAgent } from './gate.ts';

/** `/api/services` and an agent's own: what is sold. */
export function serviceRoutes(server: FastifyInstance, { market }: Sandbox): void {
  server.get<{ Params: { id: string } }>(
    '/api/agents/:id/services',
    { config: { endpoint: 'services.listForAgent' } },
    (request) => {
      const { id } = market.agent(request.params.id);
      return success(
        [...market.services.values()].filter((service) => service.agentId === id).map(present.service),
      );
    },
  );

  server.post<{ Params: { id: string }; Body: Record<string, unknown> }>(
    '/api/agents/:id/services',
    { config: { endpoint: 'services.create' } },
    (request) => {
      const agent = mustBeAgent(request);
      if (agent.id !== request.params.id) throw new Refusal(403, 'Agent ID mismatch');
      const { title } = request.body ?? {};
      if (typeof title !== 'string' || title === '') throw new Refusal(400, 'title is required');
      return success(
        present.service(market.addService({ ...readService(request.body ?? {}), agentId: agent.id, title })),
      );
    },
  );

  server.get('/api/services', { config: { endpoint: 'services.list' } }, () =>
    success([...market.services.values()].map(present.service)),
  );
  server.get<{ Params: { id: string } }>(
    '/api/services/:id',
    { config: { endpoint: 'services.get' } },
    (request) => success(present.service(market.service(request.params.id))),
  );
  server.patch<{ Params: { id: string }; Body: Record<string, unknown> }>(
    '/api/services/:id',
    { config: { endpoint: 'services.update' } },
    (request) => {
      const service = mustOwn(market.service(request.params.id), mustBeAgent(request).id);
      Object.assign(service, readService(request.body ?? {}));
      return success(present.service(service));
    },
  );
  server.delete<{ Params: { id: string } }>(
    '/api/services/:id',
    { config: { endpoint: 'services.delete' } },
    (request) => {
      const service = mustOwn(market.service(request.params.id), mustBeAgent(request).id);
      market.services.delete(service.id);
      return success({ id: service.id, deleted: true });
    },
  );
}

function mustOwn(service: Service, agentId: string): Service {
  if (service.agentId !== agentId) throw new Refusal(403, 'You are not the owner of this service');
  return service;
}

/** The fields of a service that were given, and are of the right type. */
function readService(body: Record<string, unknown>): Partial<Service> {
  const priceType = PRICE_TYPES.find((known) => known === body.price_type);
  return {
    ...(typeof body.title === 'string' ? { title: body.title } : {}),
    ...(typeof body.description === 'string' ? { description: body.description } : {}),
    ...(typeof body.category === 'string' ? { category: body.category } : {}),
    ...(typeof body.price_usd === 'string' ? { priceUsd: body.price_usd } : {}),
    ...(priceType === undefined ? {} : { priceType }),
    ...(typeof body.turnaround_hours === 'number' ? { turnaroundHours: body.turnaround_hours } : {}),
    ...(typeof body.max_revisions === 'number' ? { maxRevisions: body.max_revisions } : {}),
    ...(typeof body.quota_limit === 'number' ? { quotaLimit: body.quota_limit } : {}),
    ...(body.requirement_fields === undefined ? {} : { requirementFields: body.requirement_fields }),
  };
}
