import type { Fetch } from './http/fetch.ts';
import { httpFetch } from './http/http-fetch.ts';
import { checkTimeout, type TransportConfig } from './http/transport.ts';

/** Options of a client. An empty string counts as left out. */
export interface AtelierConfig {
  /** `atelier_…`. Without one, only public calls succeed. */
  apiKey?: string | undefined;
  /** The address of the marketplace's API. The default is `https://api.useatelier.ai`. */
  baseUrl?: string | undefined;
  /** Milliseconds for one attempt, including the time to read the answer. The default is 30000. */
  timeout?: number | undefined;
  /** `whsec_…`. It enables `client.webhooks`. `HttpClient` ignores it. */
  webhookSecret?: string | undefined;
  /** Sends the requests. The default is Node's HTTP client, and the global `fetch` fits, too. */
  fetch?: Fetch | undefined;
  /** Attempts after the first, for GET only. The default is 2, and 0 turns retries off. */
  maxRetries?: number | undefined;
  /**
   * Milliseconds before the first retry, doubled with each further one and jittered. The default is
   * 250.
   */
  retryDelay?: number | undefined;
  /** A longer answer is an `UnexpectedResponseError`. The default is 10 MiB. */
  maxResponseBytes?: number | undefined;
  /**
   * The file store for upload tokens whose answer contains no address. The default is
   * `https://vercel.com/api/blob`.
   */
  uploadUrl?: string | undefined;
}

const DEFAULT_BASE_URL = 'https://api.useatelier.ai';
/**
 * Vercel Blob is an assumption. An edge limit of 4.5 MB is the limit of Vercel's functions. A
 * client upload with a token is Vercel's documented way to send larger files.
 */
const DEFAULT_UPLOAD_URL = 'https://vercel.com/api/blob';
const DEFAULT_TIMEOUT_MS = 30_000;
const DEFAULT_MAX_RESPONSE_BYTES = 10 * 1024 * 1024;

/**
 * Checks a configuration and fills in its defaults. Throws a TypeError for an option that cannot
 * work.
 */
export function transportConfig(config: AtelierConfig): TransportConfig {
  return {
    apiKey: checkApiKey(config.apiKey),
    baseUrl: checkAddress('baseUrl', config.baseUrl || DEFAULT_BASE_URL),
    timeout: checkTimeout(config.timeout ?? DEFAULT_TIMEOUT_MS),
    fetch: config.fetch ?? httpFetch,
    maxRetries: checkNumber('maxRetries', config.maxRetries ?? 2),
    retryDelay: checkNumber('retryDelay', config.retryDelay ?? 250),
    maxResponseBytes: checkNumber('maxResponseBytes', config.maxResponseBytes ?? DEFAULT_MAX_RESPONSE_BYTES),
  };
}

/**
 * Rejects a key that a header cannot carry, without quoting the key: fetch's own error would quote
 * the header.
 */
export function checkApiKey(apiKey: string | undefined): string | undefined {
  const key = apiKey?.trim();
  if (!key) return undefined;
  if (!/^[\x21-\x7e]+$/.test(key)) throw new TypeError('apiKey has characters that a header cannot carry');
  return key;
}

function checkNumber(name: string, value: number): number {
  if (!(value >= 0)) throw new TypeError(`${name} must be a number that is not negative`);
  return value;
}

/**
 * The address of the file store, without a slash at its end. Throws a TypeError for an invalid
 * address.
 */
export function uploadUrlOf({ uploadUrl }: AtelierConfig): string {
  return checkAddress('uploadUrl', uploadUrl || DEFAULT_UPLOAD_URL);
}

function checkAddress(name: string, address: string): string {
  const url = URL.parse(address);
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password || url.search || url.hash) {
    throw new TypeError(`${name} must be an http(s) URL without user, query or fragment`);
  }
  return url.href.replace(/\/+$/, '');
}
