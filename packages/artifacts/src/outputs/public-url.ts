import { isIP } from 'node:net';
import { isPublicAddress } from './public-address.ts';

/**
 * Endings of names that lead nowhere on the public internet: reserved endings, and endings that
 * routers and companies use.
 */
const PRIVATE_NAMES =
  /(^|\.)(localhost|localdomain|local|internal|intranet|lan|home|corp|private|test|invalid|home\.arpa|fritz\.box)$/;

/**
 * Why a URL must not be handed to a buyer: it holds credentials, or leads to this machine or a
 * private network. Names are not looked up.
 * @returns null when neither is the case.
 */
export function whyNotPublic(url: URL): string | null {
  return holdsCredentials(url) ? 'it holds a user name or a password' : isPrivate(url) ? PRIVATE : null;
}

const PRIVATE = 'it leads to this machine or a private network, where no buyer can open it';

export function holdsCredentials({ username, password }: URL): boolean {
  return username !== '' || password !== '';
}

/**
 * The URL parser has already normalised the address, in whatever form it was written: `0x7f.1` is
 * `127.0.0.1`.
 */
function isPrivate({ hostname }: URL): boolean {
  const host = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  if (isIP(host)) return !isPublicAddress(host);
  return PRIVATE_NAMES.test(host) || !host.includes('.');
}
