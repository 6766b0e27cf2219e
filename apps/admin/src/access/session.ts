import type { FastifyReply, FastifyRequest } from 'fastify';

const COOKIE = 'fulfillment_admin';
const SESSION_HOURS = 12;
const SESSION_MS = SESSION_HOURS * 3600 * 1000;

/** Begins a session: a signed cookie that holds only the time of its end. */
export function beginSession(request: FastifyRequest, reply: FastifyReply, now: number): void {
  reply.setCookie(COOKIE, String(now + SESSION_MS), {
    signed: true,
    httpOnly: true,
    sameSite: 'strict',
    secure: isSecure(request),
    path: '/',
    maxAge: SESSION_MS / 1000,
  });
}

export function endSession(request: FastifyRequest, reply: FastifyReply): void {
  reply.clearCookie(COOKIE, { httpOnly: true, sameSite: 'strict', secure: isSecure(request), path: '/' });
}

/** Whether the request carries a session that has not ended. */
export function hasSession(request: FastifyRequest, now: number): boolean {
  const cookie = request.cookies[COOKIE];
  if (cookie === undefined) return false;
  const { valid, value } = request.unsignCookie(cookie);
  if (!valid || value === null) return false;
  const endsAt = Number(value);
  return Number.isSafeInteger(endsAt) && endsAt > now && endsAt <= now + SESSION_MS;
}

/**
 * Whether the browser used https, to us or to the proxy before us. `Origin`, which `guard` has
 * checked, says so even if ADMIN_PROXIES is not set.
 */
function isSecure({ protocol, headers }: FastifyRequest): boolean {
  return protocol === 'https' || headers.origin?.startsWith('https:') === true;
}
