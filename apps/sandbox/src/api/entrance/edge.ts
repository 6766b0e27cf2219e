import type { FastifyReply, FastifyRequest } from 'fastify';

/**
 * Checks the size of the body.
 * @returns whether the edge rejects the body before the marketplace sees it.
 */
export function isTooLargeForEdge(request: FastifyRequest, limit: number | null): boolean {
  return limit !== null && Number(request.headers['content-length'] ?? 0) > limit;
}

/**
 * Answers without envelope and JSON, as the edge in front of the marketplace does. The text is an
 * assumption.
 */
export function rejectAtEdge(reply: FastifyReply): FastifyReply {
  return reply
    .code(413)
    .type('text/plain; charset=utf-8')
    .send('Request Entity Too Large\n\nFUNCTION_PAYLOAD_TOO_LARGE\n');
}
