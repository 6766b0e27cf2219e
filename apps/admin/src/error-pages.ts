import type { FastifyInstance } from 'fastify';
import { REDIS_AWAY } from './access/guard.ts';
import type { AdminOptions } from './options.ts';
import { refuse } from './refusal.ts';

/** How the Redis client says that it has no connection, or got no answer in time. */
const REDIS_ERRORS =
  /Stream isn't writeable|Connection is closed|Command timed out|max retries per request|ECONN|LOADING/;

/** Pages for what goes wrong: texts of errors are shown below 500 only, the others are logged. */
export function errorPages(server: FastifyInstance, options: AdminOptions): void {
  server.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
    const status = error.statusCode ?? 500;
    const reader = request.routeOptions.config.access === 'anyone' ? 'guest' : 'operator';
    if (status === 429) {
      return refuse(options, request, reply, 429, 'Wait a minute, then try to log in again.', { reader });
    }
    if (status < 500) return refuse(options, request, reply, 400, error.message, { reader });
    if (!options.isRedisReady() || REDIS_ERRORS.test(error.message)) {
      return refuse(options, request, reply, 503, REDIS_AWAY, { reader });
    }
    options.log.error({ method: request.method, url: request.url, err: error }, 'request failed');
    return refuse(options, request, reply, 500, 'The log of the admin process says more.', { reader });
  });

  server.get('/*', { config: { needsRedis: false } }, (request, reply) =>
    refuse(options, request, reply, 404, 'There is no such page.'),
  );
}
