import type { FastifyRequest } from 'fastify';

/**
 * The address that a request comes from. Behind proxies of the operator's, it is the one that the outermost of them wrote down: what
 * stands before it in the list is the sender's own word.
 * @param proxies how many there are; 0: whoever is connected.
 */
export function clientAddress(request: FastifyRequest, proxies: number): string {
  const addresses = String(request.headers['x-forwarded-for'] ?? '').split(',');
  const written = proxies === 0 ? undefined : addresses.at(-proxies)?.trim();
  return written || request.ip;
}
