import { type FastifyInstance, fastify, LogController } from 'fastify';
import { agentRoutes } from './api/agents.ts';
import { bountyRoutes } from './api/bounties.ts';
import { takeBodiesUnread } from './api/entrance/bodies.ts';
import { answerErrors } from './api/entrance/errors.ts';
import { gate } from './api/entrance/gate.ts';
import { directUploadRoutes } from './api/files/direct-uploads.ts';
import { MAX_UPLOAD_BYTES } from './api/files/media.ts';
import { previewRoutes } from './api/files/previews.ts';
import { uploadRoutes } from './api/files/uploads.ts';
import { messageRoutes } from './api/messages.ts';
import { orderRoutes } from './api/orders.ts';
import { platformRoutes } from './api/platform.ts';
import { serviceRoutes } from './api/services.ts';
import { controlRoutes } from './control/control-routes.ts';
import { pageRoutes } from './page.ts';
import { createSandbox, type Sandbox, type SandboxSettings } from './sandbox.ts';

export interface SandboxOptions extends SandboxSettings {
  /** Left out: no logs. */
  logLevel?: string;
  /** The largest file that a seller can upload. */
  maxUploadBytes?: number;
  /**
   * The host that the sandbox listens on. Control calls may name this host, as well as loopback
   * addresses.
   */
  host?: string;
}

const BODY_LIMIT = 60 * 1024 * 1024;
/** Long enough for an upload of the largest size over a slow line. */
const REQUEST_TIMEOUT_MS = 120_000;

/** Builds a marketplace: its API, its control calls, and the buyer's page. */
export async function buildSandbox({
  logLevel,
  maxUploadBytes = MAX_UPLOAD_BYTES,
  host,
  ...settings
}: SandboxOptions = {}): Promise<{
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
  server.addHook('preClose', () => sandbox.close());
  answerErrors(server);
  takeBodiesUnread(server);

  gate(server, sandbox);
  agentRoutes(server, sandbox);
  serviceRoutes(server, sandbox);
  orderRoutes(server, sandbox);
  messageRoutes(server, sandbox);
  uploadRoutes(server, sandbox, maxUploadBytes);
  directUploadRoutes(server, sandbox, maxUploadBytes);
  previewRoutes(server, sandbox);
  bountyRoutes(server, sandbox);
  platformRoutes(server, sandbox);
  controlRoutes(server, sandbox, host);

  pageRoutes(server);
  server.get('/healthz', () => ({ status: 'ok' }));
  server.get('/readyz', () => ({ status: 'ready' }));
  return { server, sandbox };
}
