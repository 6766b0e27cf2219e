import { BlockList, isIP } from 'node:net';

/** Networks in which the marketplace calls no seller. */
const PRIVATE = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const) {
  PRIVATE.addSubnet(network, prefix);
}
PRIVATE.addAddress('::', 'ipv6');
PRIVATE.addAddress('::1', 'ipv6');
PRIVATE.addSubnet('fc00::', 7, 'ipv6');
PRIVATE.addSubnet('fe80::', 10, 'ipv6');

/**
 * The marketplace's text for a URL that it does not call, or null for a URL that it calls.
 * @param takesLocal also accepts this machine and private networks, which the real marketplace
 * never does.
 */
export function endpointFault(value: unknown, takesLocal: boolean): string | null {
  if (typeof value !== 'string' || !URL.canParse(value)) return 'Invalid URL format';
  const { protocol, hostname } = new URL(value);
  if (!/^https?:$/.test(protocol)) return 'URL must use https or http protocol';
  return !takesLocal && isPrivateHost(hostname) ? 'URL points to a blocked host' : null;
}

function isPrivateHost(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '');
  if (host === 'localhost' || /\.(localhost|local|internal)$/.test(host)) return true;
  const version = isIP(host);
  return version !== 0 && PRIVATE.check(host, version === 6 ? 'ipv6' : 'ipv4');
}
