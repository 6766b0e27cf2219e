import { setTimeout as delay } from 'node:timers/promises';
import { type FastifyInstance, fastify } from 'fastify';
import { describeError } from '../telemetry/failures.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';

/**
 * A condition that a process needs to take work. Returns null when the condition holds, else the
 * reason why not.
 */
export type ReadinessCheck = () => string | null | Promise<string | null>;

export interface ServerOptions {
  log: Logger;
  metrics: Metrics;
  /** The checks by name. The process is ready when all conditions hold. */
  checks: Record<string, ReadinessCheck>;
}

/** How a server reads requests. */
export interface RequestOptions {
  /** The largest accepted body, in bytes. Default 64 KiB. */
  bodyLimit?: number;
  /**
   * How many proxies of the operator are in front of the server. The addresses, host and protocol
   * that those proxies forwarded are believed, and no others. Default 0.
   */
  proxies?: number;
  /** How long a request may take until its last byte has arrived, in ms. Default 15 s. */
  requestTimeoutMs?: number;
}

const REQUEST_TIMEOUT_MS = 15_000;
/**
 * A check that takes longer than this has failed. A command to a Redis that is away waits until
 * Redis is back.
 */
const CHECK_TIMEOUT_MS = 2000;

/**
 * The HTTP server of a process: `/healthz` (the process is alive), `/readyz` (it takes work),
 * `/metrics`. A response to an error below 500 contains the error's text. Other errors are logged
 * and answered without their text.
 */
export function createServer({
  log,
  metrics,
  checks,
  bodyLimit = 64 * 1024,
  proxies = 0,
  requestTimeoutMs = REQUEST_TIMEOUT_MS,
}: ServerOptions & RequestOptions): FastifyInstance {
  const server = fastify({
    logger: false,
    bodyLimit,
    // Fastify ignores a bare number, because it does not check who connects. Here the operator
    // vouches that only the proxies reach the server.
    trustProxy: (_address, hop) => hop < proxies,
    requestTimeout: requestTimeoutMs,
    http: { headersTimeout: REQUEST_TIMEOUT_MS },
    routerOptions: { maxParamLength: 300 },
  });

  server.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 500) log.error({ method: request.method, url: request.url, err: error }, 'request failed');
    return reply.code(status).send({ error: status < 500 ? error.message : 'internal error' });
  });
  server.setNotFoundHandler((_request, reply) => reply.code(404).send({ error: 'not found' }));

  server.get('/healthz', () => ({ status: 'ok' }));
  server.get('/readyz', async (_request, reply) => {
    const problems: Record<string, string> = {};
    for (const [name, check] of Object.entries(checks)) {
      const problem = await Promise.race([
        Promise.resolve().then(check),
        delay(CHECK_TIMEOUT_MS, 'did not answer in time', { ref: false }),
      ]).catch((error: unknown) => describeError(error));
      if (problem !== null) problems[name] = problem;
    }
    const isReady = Object.keys(problems).length === 0;
    return reply.code(isReady ? 200 : 503).send({ status: isReady ? 'ready' : 'not ready', problems });
  });
  server.get('/metrics', async (_request, reply) =>
    reply.type(metrics.contentType).send(await metrics.scrape()),
  );
  return server;
}
