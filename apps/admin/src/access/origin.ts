import { isIP } from 'node:net';
import type { FastifyRequest } from 'fastify';

/** Whether the request may change something. GET and HEAD change nothing. */
export function mayChange(request: FastifyRequest): boolean {
  return request.method !== 'GET' && request.method !== 'HEAD';
}

/**
 * Whether a page of ours sent this request, and not another site in the operator's browser.
 * Browsers send `Sec-Fetch-Site` over https and to localhost. They send `Origin` with every request
 * that may change something. Scripts can set neither header. We also reject a request without both
 * headers: no known browser sends it.
 */
export function isFromOurPages(request: FastifyRequest): boolean {
  const { origin } = request.headers;
  const site = request.headers['sec-fetch-site'];
  if (site === undefined && origin === undefined) return false;
  if (site !== undefined && site !== 'same-origin') return false;
  return origin === undefined || URL.parse(origin)?.host === canonical(request.host);
}

/**
 * Whether the request was addressed to this machine by a loopback name. Pages without a login check
 * this, so that another site cannot reach them by pointing its own name at 127.0.0.1. The check
 * reads the header that the browser itself writes, because such a site can set `X-Forwarded-Host`.
 */
export function isForLoopback(request: FastifyRequest): boolean {
  const name = URL.parse(`http://${request.headers.host ?? ''}`)?.hostname;
  return name !== undefined && isLoopback(name);
}

/** The address to listen on: the configured host, unless the pages have no login. */
export function listenHost(host: string, hasLogin: boolean): string {
  return hasLogin || isLoopback(host) ? host : '127.0.0.1';
}

function isLoopback(name: string): boolean {
  const bare = name.replace(/^\[|\]$/g, '');
  return bare === 'localhost' || bare === '::1' || (isIP(bare) === 4 && bare.startsWith('127.'));
}

/** The host as a URL spells it: in lower case, without the default port. */
function canonical(host: string): string | undefined {
  return URL.parse(`http://${host}`)?.host;
}
