import ipaddr from 'ipaddr.js';

/** The range from which public IPv6 addresses are assigned. */
const PUBLIC_IPV6 = ipaddr.IPv6.parseCIDR('2000::/3');

/**
 * Whether an address is on the public internet, and not this machine, a private network, or a
 * reserved address.
 */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const known = ipaddr.process(address);
  return known.range() === 'unicast' && (known instanceof ipaddr.IPv4 || known.match(PUBLIC_IPV6));
}
