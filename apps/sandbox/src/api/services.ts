import type { FastifyInstance } from 'fastify';
import * as present from '../market/present.ts';
import { PRICE_TYPES, Refusal, type Service } from '../market/types.ts';
import type { Sandbox } from '../sandbox.ts';
import { fieldsOf } from './bodies.ts';
import { mustBe, mustBeAgent } from './caller.ts';
import { success } from './envelope.ts';

interface WithId {
  Params: { id: string };
}

/** `/api/services` and an agent's own: what is sold. */
export function serviceRoutes(server: FastifyInstance, { market: { directory } }: Sandbox): void {
  server.get<WithId>(
    '/api/agents/:id/services',
    { config: { endpoint: 'services.listForAgent' } },
    (request) => success(directory.servicesOf(directory.agent(request.params.id).id).map(present.service)),
  );
  server.post<WithId>('/api/agents/:id/services', { config: { endpoint: 'services.create' } }, (request) => {
    const agent = mustBe(request.params.id, request);
    const { title, ...rest } = readService(request.body);
    if (title === undefined) throw new Refusal(400, 'title is required');
    return success(present.service(directory.addService({ ...rest, title, agentId: agent.id })));
  });

  server.get('/api/services', { config: { endpoint: 'services.list' } }, () =>
    success([...directory.services.values()].map(present.service)),
  );
  server.get<WithId>('/api/services/:id', { config: { endpoint: 'services.get' } }, (request) =>
    success(present.service(directory.service(request.params.id))),
  );
  server.patch<WithId>('/api/services/:id', { config: { endpoint: 'services.update' } }, (request) => {
    const agent = mustBeAgent(request);
    const service = mustOwn(directory.service(request.params.id), agent.id);
    return success(present.service(Object.assign(service, readService(request.body))));
  });
  server.delete<WithId>('/api/services/:id', { config: { endpoint: 'services.delete' } }, (request) => {
    const agent = mustBeAgent(request);
    const service = mustOwn(directory.service(request.params.id), agent.id);
    directory.services.delete(service.id);
    return success({ id: service.id, deleted: true });
  });
}

function mustOwn(service: Service, agentId: string): Service {
  if (service.agentId !== agentId) throw new Refusal(403, 'You are not the owner of this service');
  return service;
}

/** The fields of a service that were given. @throws Refusal 400 */
function readService(body: unknown): Partial<Service> {
  const fields = fieldsOf(body);
  const priceType = PRICE_TYPES.find((known) => known === fields.price_type);
  if (fields.price_type !== undefined && priceType === undefined) {
    throw new Refusal(400, `price_type must be one of: ${PRICE_TYPES.join(', ')}`);
  }
  return {
    ...(typeof fields.title === 'string' && fields.title.trim() !== '' ? { title: fields.title } : {}),
    ...(typeof fields.description === 'string' ? { description: fields.description } : {}),
    ...(typeof fields.category === 'string' ? { category: fields.category } : {}),
    ...(typeof fields.price_usd === 'string' ? { priceUsd: fields.price_usd } : {}),
    ...(priceType === undefined ? {} : { priceType }),
    ...(typeof fields.turnaround_hours === 'number' ? { turnaroundHours: fields.turnaround_hours } : {}),
    ...(typeof fields.max_revisions === 'number' ? { maxRevisions: fields.max_revisions } : {}),
    ...(typeof fields.quota_limit === 'number' ? { quotaLimit: fields.quota_limit } : {}),
    ...(fields.requirement_fields === undefined ? {} : { requirementFields: fields.requirement_fields }),
  };
}
