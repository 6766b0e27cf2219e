import { lookup as resolveHost } from 'node:dns';
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { isPublicAddress } from '@fulfillment/artifacts';
import { cutText } from '@fulfillment/shared';
import { fileTypeFromBuffer } from 'file-type';
import { PermanentError } from '../errors.ts';

export interface FetchPublicOptions {
  signal?: AbortSignal;
  /** Default 20 MiB. */
  maxBytes?: number;
  /** How long the fetch may take in all, in seconds. Default 30. */
  timeLimitSeconds?: number;
  /** Which content types are accepted, by the bytes. Default: any. */
  contentType?: RegExp;
}

/** The result of a fetch. */
export interface Fetched {
  bytes: Uint8Array;
  /**
   * The type that the bytes show, not the server. `application/octet-stream` for text and other
   * content without a signature.
   */
  contentType: string;
}

/** The limits on reachable addresses. Tests, which never leave the machine, have their own. */
export interface Reach {
  protocols: readonly string[];
  isAllowed(address: string): boolean;
}

const PUBLIC: Reach = { protocols: ['https:'], isAllowed: isPublicAddress };
const DEFAULT_MAX_BYTES = 20 * 1024 * 1024;
const DEFAULT_TIME_LIMIT_SECONDS = 30;
const MAX_REDIRECTS = 5;
const OK = 200;

/**
 * Fetches a URL that a stranger wrote. It must be https, and lead to a public address. Each address
 * is checked when the connection is opened, so that a name cannot resolve to another address then.
 * Each redirect is checked, too. The request carries nothing else of ours.
 * @throws PermanentError for a URL that must not or cannot be fetched, or whose content is too
 * large or not of an accepted type. An Error for a failure that may pass.
 */
export function fetchPublic(url: string, options: FetchPublicOptions = {}): Promise<Fetched> {
  return fetchWithin(PUBLIC, url, options);
}

/** `fetchPublic` with other limits on reachable addresses. */
export async function fetchWithin(reach: Reach, url: string, options: FetchPublicOptions): Promise<Fetched> {
  const limit = AbortSignal.timeout((options.timeLimitSeconds ?? DEFAULT_TIME_LIMIT_SECONDS) * 1000);
  const signal = options.signal ? AbortSignal.any([options.signal, limit]) : limit;
  try {
    const bytes = await follow(reach, url, { signal, maxBytes: options.maxBytes ?? DEFAULT_MAX_BYTES });
    const contentType = (await fileTypeFromBuffer(bytes))?.mime ?? 'application/octet-stream';
    if (options.contentType && !options.contentType.test(contentType)) {
      throw new PermanentError(`${shown(url)} is ${contentType}, which is not taken here`);
    }
    return { bytes, contentType };
  } catch (error) {
    options.signal?.throwIfAborted();
    if (limit.aborted) throw new Error(`${shown(url)} took too long`, { cause: error });
    throw error;
  }
}

async function follow(
  reach: Reach,
  first: string,
  { signal, maxBytes }: { signal: AbortSignal; maxBytes: number },
): Promise<Uint8Array> {
  let url = allowed(reach, first, undefined);
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
    const answer = await ask(reach, url, signal);
    const { statusCode = 0, headers } = answer;
    if (statusCode === OK) return await bodyOf(answer, url, maxBytes);
    answer.destroy();
    if (statusCode < 300 || statusCode >= 400 || headers.location === undefined)
      throw failed(url, statusCode);
    url = allowed(reach, headers.location, url);
  }
  throw new PermanentError(`${shown(first)} is redirected more than ${MAX_REDIRECTS} times`);
}

function failed(url: URL, status: number): Error {
  const what = `${shown(url)} was answered with ${status}`;
  return status >= 500 || status === 408 || status === 429 ? new Error(what) : new PermanentError(what);
}

function allowed(reach: Reach, text: string, base: URL | undefined): URL {
  if (!URL.canParse(text, base?.href)) throw new PermanentError(`${shown(text)} is no URL`);
  const url = new URL(text, base);
  if (!reach.protocols.includes(url.protocol)) throw new PermanentError(`${shown(url)} is not https`);
  if (url.username || url.password) throw new PermanentError(`${shown(url)} holds a password`);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  // An address in the URL itself is never looked up.
  if (isIP(host) && !reach.isAllowed(host)) throw new PermanentError(`${shown(url)} is not a public address`);
  return url;
}

function ask(reach: Reach, url: URL, signal: AbortSignal): Promise<IncomingMessage> {
  const request = url.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    // No agent, because a connection that other code opened was not checked here.
    const asked = request(url, {
      signal,
      agent: false,
      lookup: lookupWithin(reach),
      headers: { accept: '*/*' },
    });
    asked.once('response', resolve);
    asked.once('error', (error) =>
      reject(
        error instanceof PermanentError
          ? error
          : new Error(`${shown(url)} cannot be reached: ${error.message}`),
      ),
    );
    asked.end();
  });
}

/** Looks up a name, and rejects it when any of its addresses must not be reached. */
function lookupWithin(reach: Reach): LookupFunction {
  return (host, options, done) => {
    resolveHost(host, { ...options, all: true }, (error, addresses) => {
      const [first] = addresses ?? [];
      if (error || first === undefined) {
        done(error ?? new Error(`${host} has no address`), '');
      } else if (!addresses.every(({ address }) => reach.isAllowed(address))) {
        done(new PermanentError(`${cutText(host, 200)} is not a public address`), '');
      } else if (options.all) {
        done(null, addresses);
      } else {
        done(null, first.address, first.family);
      }
    });
  };
}

async function bodyOf(answer: IncomingMessage, url: URL, maxBytes: number): Promise<Uint8Array> {
  const tooLarge = () => new PermanentError(`${shown(url)} is larger than ${maxBytes} bytes`);
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    if (Number(answer.headers['content-length'] ?? 0) > maxBytes) throw tooLarge();
    for await (const chunk of answer as AsyncIterable<Uint8Array>) {
      bytes += chunk.length;
      if (bytes > maxBytes) throw tooLarge();
      chunks.push(chunk);
    }
  } finally {
    answer.destroy();
  }
  return Buffer.concat(chunks);
}

/** A URL for an error, without its query, which may hold a secret, and no longer than a line. */
function shown(url: string | URL): string {
  const [address = ''] = String(url).split(/[?#]/);
  return cutText(address.replace(/\/\/[^/@]*@/, '//'), 200);
}
