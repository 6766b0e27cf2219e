import type { FastifyRequest } from 'fastify';

/**
 * Which route answers a request decides what it may do, and not how its URL is spelled: `/%71ueues/` leads to the routes of
 * `/queues/`.
 */
function routeOf({ routeOptions }: FastifyRequest): string {
  return routeOptions.url ?? '';
}

/** Whether Bull Board answers the request. */
export function isOfBoard(request: FastifyRequest): boolean {
  return routeOf(request).startsWith('/queues/');
}

/** Whether Bull Board's script asks, and not a person who waits for a page. */
export function isOfBoardApi(request: FastifyRequest): boolean {
  return routeOf(request).startsWith('/queues/api/');
}
