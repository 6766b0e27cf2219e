import type { FastifyRequest } from 'fastify';

/**
 * The client address of a request. Behind the operator's proxies, it is the address that the
 * outermost proxy wrote. The sender could have forged every earlier entry of the list.
 * @param proxies the number of proxies. With 0, the client is the connected peer.
 */
export function clientAddress(request: FastifyRequest, proxies: number): string {
  const addresses = String(request.headers['x-forwarded-for'] ?? '').split(',');
  const written = proxies === 0 ? undefined : addresses.at(-proxies)?.trim();
  return written || request.ip;
}
