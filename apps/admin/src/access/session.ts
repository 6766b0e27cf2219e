import type { Account } from '@fulfillment/shared';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Accounts, SESSION_MS } from './accounts.ts';

const COOKIE = 'fulfillment_admin';

/** Begins a session: a signed cookie that holds only the time of its end. */
export function beginSession(accounts: Accounts, account: Account, reply: FastifyReply): void {
  reply.setCookie(COOKIE, accounts.beginSession(account, Date.now()), {
    httpOnly: true,
    sameSite: 'strict',
    secure: isSecure(reply.request),
    path: '/',
    maxAge: SESSION_MS / 1000,
  });
}

export function endSession(request: FastifyRequest, reply: FastifyReply): void {
  reply.clearCookie(COOKIE, { httpOnly: true, sameSite: 'strict', secure: isSecure(request), path: '/' });
}

/** Who sends the request, or null if nobody is logged in. */
export function personOf(accounts: Accounts, request: FastifyRequest): Account | null {
  return accounts.ofSession(request.cookies[COOKIE], Date.now());
}

/**
 * Whether the browser used https, to us or to the proxy before us. `Origin`, which `guard` has
 * checked, says so even if ADMIN_PROXIES is not set.
 */
function isSecure({ protocol, headers }: FastifyRequest): boolean {
  return protocol === 'https' || headers.origin?.startsWith('https:') === true;
}
