import type { FastifyReply, FastifyRequest } from 'fastify';

/** @returns whether the edge rejects the body before the marketplace sees it. */
export function isTooLargeForEdge(request: FastifyRequest, limit: number | null): boolean {
  return limit !== null && Number(request.headers['content-length'] ?? 0) > limit;
}

/** Answers as the edge does: no envelope, and no JSON. */
export function rejectAtEdge(reply: FastifyReply): FastifyReply {
  return reply
    .code(413)
    .type('text/plain; charset=utf-8')
    .send('Request Entity Too Large\n\nFUNCTION_PAYLOAD_TOO_LARGE\n');
}
