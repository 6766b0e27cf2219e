import type { FastifyRequest } from 'fastify';

/**
 * The matched route decides what a request may do, and not the spelling of the URL: `/%71ueues/`
 * leads to the routes of `/queues/`.
 */
function routeOf({ routeOptions }: FastifyRequest): string {
  return routeOptions.url ?? '';
}

/** Whether Bull Board answers the request. */
export function isOfBoard(request: FastifyRequest): boolean {
  return routeOf(request).startsWith('/queues/');
}

/** Whether Bull Board's script sent the request, and not a person who waits for a page. */
export function isOfBoardApi(request: FastifyRequest): boolean {
  return routeOf(request).startsWith('/queues/api/');
}
