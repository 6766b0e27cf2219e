import type { FastifyError, FastifyInstance, FastifyRequest } from 'fastify';
import { Refusal } from '../../market/types.ts';
import { failure } from './envelope.ts';

/**
 * Answers every failure in the marketplace's envelope. An unknown path of the API answers an HTML
 * page, and a wrong method an empty body (observed). Call this function before you register any
 * route.
 */
export function answerErrors(server: FastifyInstance): void {
  const paths: RegExp[] = [];
  server.addHook('onRoute', ({ url }) => {
    if (url.startsWith('/api/')) paths.push(new RegExp(`^${url.replace(/:[a-z]+/g, '[^/]+')}$`));
  });
  server.setErrorHandler((error: FastifyError | Refusal, request, reply) => {
    if (error instanceof Refusal) {
      return reply.code(error.status).send({ ...failure(error.message), ...error.extra });
    }
    const status = error.statusCode ?? 500;
    if (status >= 500) request.log.error({ err: error }, 'request failed');
    return reply.code(status).send(failure(status >= 500 ? 'Internal server error' : error.message));
  });
  server.setNotFoundHandler((request, reply) => {
    const path = pathOf(request);
    if (!path.startsWith('/api/')) return reply.code(404).send(failure('Not found'));
    if (paths.some((known) => known.test(path))) return reply.code(405).send();
    return reply.code(404).type('text/html; charset=utf-8').send(NOT_FOUND_PAGE);
  });
}

const NOT_FOUND_PAGE =
  '<!DOCTYPE html><html><head><title>404: This page could not be found.</title></head><body><h1>404</h1></body></html>';

function pathOf({ url }: FastifyRequest): string {
  return new URL(url, 'http://sandbox').pathname;
}
