import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Refusal } from '../market/types.ts';

const LOOPBACK = /^(localhost|.+\.localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/**
 * Guards the control calls of this server against web pages. The calls need no key. Without the
 * guard, a page of any site in the operator's browser could place paid orders. It could also read
 * them, through a name that resolves to this machine.
 * @param ownHost the host that the sandbox listens on.
 */
export function guardControl(server: FastifyInstance, ownHost: string | undefined): void {
  server.addHook('onRequest', async (request) => {
    if (!isOwnHost(request.hostname, ownHost)) {
      throw new Refusal(
        403,
        'Control calls are for this machine: the Host header must name a loopback address',
      );
    }
    if (isFromOtherPage(request)) {
      throw new Refusal(403, 'Control calls are not for pages of another origin');
    }
  });
}

function isOwnHost(host: string, ownHost: string | undefined): boolean {
  return LOOPBACK.test(host.toLowerCase()) || (ownHost !== undefined && host === ownHost);
}

/** Browsers send `Sec-Fetch-Site` or `Origin` with every call of a page. Programs send neither. */
function isFromOtherPage({ headers, host }: FastifyRequest): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return true;
  const { origin } = headers;
  return origin !== undefined && URL.parse(origin)?.host !== host;
}
