import { type FastifyError, type FastifyInstance, fastify, LogController } from 'fastify';
import { agentRoutes } from './api/agents.ts';
import { NotJson, readBodiesAsJson } from './api/bodies.ts';
import { bountyRoutes } from './api/bounties.ts';
import { failure } from './api/envelope.ts';
import { gate } from './api/gate.ts';
import { messageRoutes } from './api/messages.ts';
import { metricRoutes } from './api/metrics.ts';
import { orderRoutes } from './api/orders.ts';
import { serviceRoutes } from './api/services.ts';
import { uploadRoutes } from './api/uploads.ts';
import { buyerControl } from './control/buyer.ts';
import { deliverableTextControl } from './control/deliverable-text.ts';
import { lookingControl } from './control/looking.ts';
import { sceneControl } from './control/scene.ts';
import { weatherControl } from './control/weather.ts';
import { webhookControl } from './control/webhooks.ts';
import { Refusal } from './market/types.ts';
import { pageRoutes } from './page.ts';
import { createSandbox, type Sandbox, type SandboxSettings } from './sandbox.ts';

export interface SandboxOptions extends SandboxSettings {
  /** Absent: it logs nothing. */
  logLevel?: string;
  /** The largest file that can be uploaded. */
  maxUploadBytes?: number;
}

const BODY_LIMIT = 60 * 1024 * 1024;
/** An upload of the largest size over a slow line. */
const REQUEST_TIMEOUT_MS = 120_000;

/** Builds a marketplace: its API, its control calls, and the buyer's page. */
export async function buildSandbox({ logLevel, maxUploadBytes, ...settings }: SandboxOptions = {}): Promise<{
  server: FastifyInstance;
  sandbox: Sandbox;
}> {
  const sandbox = createSandbox(settings);
  const server = fastify({
    logger: logLevel === undefined ? false : { level: logLevel, name: 'sandbox' },
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_LIMIT,
    requestTimeout: REQUEST_TIMEOUT_MS,
    forceCloseConnections: true,
  });
  server.addHook('onClose', () => sandbox.webhooks.close());
  answerErrors(server);
  readBodiesAsJson(server);

  gate(server, sandbox);
  agentRoutes(server, sandbox);
  serviceRoutes(server, sandbox);
  orderRoutes(server, sandbox);
  messageRoutes(server, sandbox);
  await uploadRoutes(server, sandbox, maxUploadBytes);
  bountyRoutes(server, sandbox);
  metricRoutes(server, sandbox);

  sceneControl(server, sandbox);
  buyerControl(server, sandbox);
  webhookControl(server, sandbox);
  weatherControl(server, sandbox);
  lookingControl(server, sandbox);
  deliverableTextControl(server, sandbox);

  pageRoutes(server);
  server.get('/healthz', () => ({ status: 'ok' }));
  server.get('/readyz', () => ({ status: 'ready' }));
  return { server, sandbox };
}

/** Every failure in the marketplace's envelope. The marketplace answers 500 to a body that is not JSON; control calls are kinder. */
function answerErrors(server: FastifyInstance): void {
  server.setErrorHandler((error: FastifyError | Refusal | NotJson, request, reply) => {
    if (error instanceof Refusal) return reply.code(error.status).send(failure(error.message));
    if (error instanceof NotJson) {
      const isApiCall = request.apiCall !== null;
      return reply
        .code(isApiCall ? 500 : 400)
        .send(failure(isApiCall ? 'Internal server error' : error.message));
    }
    const status = error.statusCode ?? 500;
    if (status >= 500) request.log.error({ err: error }, 'request failed');
    return reply.code(status).send(failure(status >= 500 ? 'Internal server error' : error.message));
  });
  server.setNotFoundHandler((_request, reply) => reply.code(404).send(failure('Not found')));
}
