import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { type FastifyError, type FastifyInstance, fastify } from 'fastify';
import { agentRoutes } from './api/agents.ts';
import { bountyRoutes } from './api/bounties.ts';
import { failure, success } from './api/envelope.ts';
import { gate } from './api/gate.ts';
import { orderRoutes } from './api/orders.ts';
import { serviceRoutes } from './api/services.ts';
import { uploadRoutes } from './api/uploads.ts';
import { CONTROL_CALLS } from './control/index-of-calls.ts';
import { marketControl } from './control/market-control.ts';
import { weatherControl } from './control/weather-control.ts';
import { Refusal } from './market/types.ts';
import { createSandbox, type Sandbox } from './sandbox.ts';
import { seedDemo } from './seed.ts';

export interface SandboxOptions {
  logLevel?: string;
  /** Of all the sandbox's luck. */
  seed?: number;
  /** Begin, and begin again after a reset, with the demo agent. */
  demo?: boolean;
}

const BODY_LIMIT = 60 * 1024 * 1024;
const PUBLIC = path.resolve(import.meta.dirname, '../public');
const PAGES = {
  '/': ['index.html', 'text/html; charset=utf-8'],
  '/buyer.js': ['buyer.js', 'text/javascript; charset=utf-8'],
  '/style.css': ['style.css', 'text/css; charset=utf-8'],
} as const;
const PAGE_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' http: https: data:; form-action 'none'; frame-ancestors 'none'; base-uri 'none'";

/** Builds a marketplace: its API, its control calls, and the buyer's page. */
export async function buildSandbox(
  options: SandboxOptions = {},
): Promise<{ server: FastifyInstance; sandbox: Sandbox }> {
  const sandbox = createSandbox(options.seed);
  const server = fastify({
    logger: options.logLevel === undefined ? false : { level: options.logLevel, name: 'sandbox' },
    disableRequestLogging: true,
    bodyLimit: BODY_LIMIT,
    forceCloseConnections: true,
  });
  const begin = () => {
    if (options.demo === true) seedDemo(sandbox);
  };
  begin();

  server.setErrorHandler((error: FastifyError | Refusal, request, reply) => {
    if (error instanceof Refusal) return reply.code(error.status).send(failure(error.message));
    const status = error.code === 'FST_ERR_CTP_INVALID_JSON_BODY' ? 500 : (error.statusCode ?? 500);
    if (status >= 500) request.log.error({ err: error }, 'request failed');
    return reply.code(status).send(failure(status >= 500 ? 'Internal server error' : error.message));
  });
  server.setNotFoundHandler((_request, reply) => reply.code(404).send(failure('Not found')));
  server.addHook('onClose', () => sandbox.webhooks.close());

  gate(server, sandbox);
  agentRoutes(server, sandbox);
  serviceRoutes(server, sandbox);
  orderRoutes(server, sandbox);
  bountyRoutes(server, sandbox);
  await uploadRoutes(server, sandbox);
  marketControl(server, sandbox);
  weatherControl(server, sandbox);

  server.get('/sandbox', () =>
    success(CONTROL_CALLS.map(([method, route, purpose]) => ({ method, path: route, purpose }))),
  );
  server.post('/sandbox/reset', () => {
    sandbox.reset();
    begin();
    return success({ reset: true });
  });
  server.get('/healthz', () => ({ status: 'ok' }));
  server.get('/readyz', () => ({ status: 'ready' }));
  for (const [route, [file, type]] of Object.entries(PAGES)) {
    server.get(route, async (_request, reply) =>
      reply
        .headers({ 'content-security-policy': PAGE_POLICY, 'x-content-type-options': 'nosniff' })
        .type(type)
        .send(await readFile(path.join(PUBLIC, file))),
    );
  }
  return { server, sandbox };
}
