import cookie from '@fastify/cookie';
import formbody from '@fastify/formbody';
import helmet from '@fastify/helmet';
import multipart from '@fastify/multipart';
import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance } from 'fastify';
import { guard } from './access/guard.ts';
import { PAGE_HEADERS } from './access/headers.ts';
import { loginRoutes } from './access/login.ts';
import { agentsRoutes } from './agents/agents-routes.ts';
import { alertsRoutes } from './alerts/alerts-routes.ts';
import { alertLinkRoutes } from './alerts/link-routes.ts';
import { assetRoutes } from './assets.ts';
import { attentionRoutes } from './attention/attention-routes.ts';
import { auditRoutes } from './audit/audit-routes.ts';
import { boardRoutes } from './board.ts';
import { bulkRoutes } from './bulk/bulk-routes.ts';
import { errorPages } from './error-pages.ts';
import { exportRoutes } from './list/export-routes.ts';
import { listRoutes } from './list/list-routes.ts';
import { viewRoutes } from './list/view-routes.ts';
import { liveRoutes } from './live/live-routes.ts';
import { moneyRoutes } from './money/money-routes.ts';
import type { AdminOptions } from './options.ts';
import { actionRoutes } from './orders/action-routes.ts';
import { byHandRoutes } from './orders/by-hand/by-hand-routes.ts';
import { replyRoutes } from './orders/conversation/reply-routes.ts';
import { artifactRoutes } from './orders/drafts/artifact-routes.ts';
import { zipRoutes } from './orders/drafts/zip-routes.ts';
import { orderRoutes } from './orders/order-routes.ts';
import { releaseRoutes } from './orders/running/release-routes.ts';
import { stopRoutes } from './orders/running/stop-routes.ts';
import { servicesRoutes } from './services/services-routes.ts';
import { systemRoutes } from './system/system-routes.ts';

/**
 * Of an upload by an operator. Staging has the limit of a file, and says so: a file that ends here
 * would look complete.
 */
const UPLOAD_LIMITS = { fileSize: Number.POSITIVE_INFINITY, files: 100, fields: 20, fieldSize: 100_000 };

/**
 * The admin pages. They have a Fastify context of their own, so that their guard does not apply to
 * the server's `/healthz`, `/readyz` and `/metrics`. Those routes are open and hold no secret.
 */
export function adminRoutes(options: AdminOptions): (server: FastifyInstance) => Promise<void> {
  return async (server) => {
    await server.register(async (pages) => {
      await pages.register(helmet, PAGE_HEADERS);
      await pages.register(cookie);
      await pages.register(formbody);
      await pages.register(multipart, { limits: UPLOAD_LIMITS });
      await pages.register(rateLimit, { global: false });
      guard(pages, options);
      errorPages(pages, options);
      assetRoutes(pages);
      loginRoutes(pages, options);
      liveRoutes(pages, options);
      attentionRoutes(pages, options);
      listRoutes(pages, options);
      exportRoutes(pages, options);
      viewRoutes(pages, options);
      moneyRoutes(pages, options);
      bulkRoutes(pages, options);
      orderRoutes(pages, options);
      actionRoutes(pages, options);
      replyRoutes(pages, options);
      stopRoutes(pages, options);
      releaseRoutes(pages, options);
      byHandRoutes(pages, options);
      servicesRoutes(pages, options);
      agentsRoutes(pages, options);
      alertsRoutes(pages, options);
      alertLinkRoutes(pages, options);
      auditRoutes(pages, options);
      systemRoutes(pages, options);
      artifactRoutes(pages, options);
      zipRoutes(pages, options);
      await boardRoutes(pages, options);
    });
  };
}
