import type { FastifyInstance } from 'fastify';
import { Refusal } from '../../market/types.ts';
import type { Sandbox } from '../../sandbox.ts';

/** Serves the previews that a buyer sees before approval. */
export function previewRoutes(server: FastifyInstance, { previews }: Sandbox): void {
  server.get<{ Params: { id: string } }>('/previews/:id', (request, reply) => {
    const target = previews.target(request.params.id);
    if (target === undefined) throw new Refusal(404, 'Not found');
    return reply.redirect(target);
  });
}
