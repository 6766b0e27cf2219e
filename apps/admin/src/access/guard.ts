import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AdminOptions } from '../options.ts';
import { type RefusalStatus, refuse } from '../refusal.ts';
import { isOfBoard, isOfBoardApi } from './board-route.ts';
import { isForLoopback, isFromOurPages, mayChange } from './origin.ts';
import { isAllowed, tooLowRole } from './rights.ts';
import { personOf } from './session.ts';

/**
 * A job only carries out what an order's record asks for. Retrying, adding or promoting a job on
 * the board would turn it green without an effect. Removing jobs or schedulers would stop work
 * without a trace.
 */
const BOARD_IS_READ_ONLY =
  "The board only shows jobs. An order's page retries its failed steps, and the System page pauses and resumes queues.";

type Verdict = 'go on' | 'log in' | { status: RefusalStatus; message: string };

/** The message of a page while Redis is unreachable. */
export const REDIS_AWAY =
  'Orders and queues cannot be shown until Redis answers again. Nothing is lost: the other processes go on as soon as it is back.';

/** Checks every request to the pages first, including those to Bull Board and its API. */
export function guard(server: FastifyInstance, options: AdminOptions): void {
  server.decorateRequest('account', null);
  server.addHook('onRequest', async (request, reply) => {
    reply.header('cache-control', 'no-store');
    request.account = personOf(options.accounts, request);
    const verdict = judge(request, options);
    if (verdict === 'go on') return;
    if (verdict === 'log in') return sendToLogin(request, reply, options);
    return refuse(options, reply, verdict);
  });
}

function judge(request: FastifyRequest, options: AdminOptions): Verdict {
  const { access, needsRedis } = request.routeOptions.config;
  if (!options.accounts.hasLogin && !isForLoopback(request)) {
    return refused(
      'Without a login these pages answer to localhost only. Set ADMIN_PASSWORD, or add accounts to the configuration, to reach them by another name.',
    );
  }
  if (mayChange(request) && !isFromOurPages(request)) {
    return refused('This request did not come from a page of this site, so nothing was changed.');
  }
  if (access !== 'anyone' && request.account === null) return 'log in';
  if (options.isReadOnly && mayChange(request) && access !== 'anyone') {
    return refused('ADMIN_READ_ONLY is set: nothing can be changed from here.');
  }
  if (access !== 'anyone' && request.account !== null && !isAllowed(request.account, request)) {
    return refused(tooLowRole(request.account, request));
  }
  if (mayChange(request) && isOfBoard(request)) return { status: 405, message: BOARD_IS_READ_ONLY };
  if (needsRedis !== false && !options.isRedisReady()) return { status: 503, message: REDIS_AWAY };
  return 'go on';
}

function refused(message: string): Verdict {
  return { status: 403, message };
}

const NOT_LOGGED_IN =
  'You are not logged in, or your session ended. Nothing was changed. Log in, and send the form again: the page still has your text.';

/**
 * Sends a page request to the login. Answers any other request with an error that asks for a login.
 */
function sendToLogin(request: FastifyRequest, reply: FastifyReply, options: AdminOptions): FastifyReply {
  return mayChange(request) || isOfBoardApi(request)
    ? refuse(options, reply, { status: 401, message: NOT_LOGGED_IN, backTo: loginPath(pageOf(request)) })
    : reply.redirect(loginPath(request.url), 303);
}

/** The login, and the path to open after it. */
function loginPath(next: string): string {
  return `/login?next=${encodeURIComponent(next)}`;
}

/** The page whose form sent the request. */
function pageOf({ headers }: FastifyRequest): string {
  const page = URL.parse(headers.referer ?? '');
  return page === null ? '/' : page.pathname + page.search;
}
