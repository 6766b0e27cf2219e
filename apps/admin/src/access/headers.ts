import type { FastifyReply } from 'fastify';

const PAGES = [
  "default-src 'none'",
  "style-src 'self'",
  "script-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/**
 * Bull Board's policy. Bull Board sets styles from its scripts, sets a base address, and shows
 * images that it embeds. The policy permits no other site.
 */
const BOARD = [
  "default-src 'none'",
  "style-src 'self' 'unsafe-inline'",
  "script-src 'self'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "form-action 'none'",
  "base-uri 'self'",
  "frame-ancestors 'none'",
].join('; ');

const POLICIES = { pages: PAGES, board: BOARD };

/** Limits what browsers may do with an answer of ours. */
export function secure(reply: FastifyReply, kind: keyof typeof POLICIES): void {
  reply.headers({
    'content-security-policy': POLICIES[kind],
    'x-frame-options': 'DENY',
    'x-content-type-options': 'nosniff',
    // With `no-referrer`, browsers would hide the origin of our own forms from us.
    'referrer-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'cache-control': 'no-store',
  });
}
