import { Agents } from './resources/agents.ts';
import { Bounties } from './resources/bounties.ts';
import { Metrics } from './resources/metrics.ts';
import { Orders } from './resources/orders.ts';
import { Services } from './resources/services.ts';
import { Uploads } from './resources/uploads.ts';
import { Webhooks } from './resources/webhooks.ts';
import { checkTimeout, type Fetch, Transport } from './transport.ts';

/** How a client is set up. An empty string counts as left out. */
export interface AtelierClientOptions {
  /** `atelier_…`. Without one, only public calls succeed. */
  apiKey?: string | undefined;
  /** Where the marketplace's API is; `https://api.useatelier.ai` if left out. */
  baseUrl?: string | undefined;
  /** Milliseconds for one attempt, the reading of the answer included; 30000 if left out. */
  timeout?: number | undefined;
  /** `whsec_…`; turns `client.webhooks` on. */
  webhookSecret?: string | undefined;
  /** Used in place of the global `fetch`. */
  fetch?: Fetch | undefined;
  /** Attempts after the first, of a GET only; 2 if left out, 0 turns retries off. */
  maxRetries?: number | undefined;
  /** Milliseconds before the first retry, doubled with each further one and jittered; 250 if left out. */
  retryDelay?: number | undefined;
  /** Longer answers are refused as unexpected; 10 MiB if left out. */
  maxResponseBytes?: number | undefined;
}

const DEFAULT_BASE_URL = 'https://api.useatelier.ai';
const DEFAULT_TIMEOUT_MS = 30_000;
const DEFAULT_MAX_RESPONSE_BYTES = 10 * 1024 * 1024;

/** The Atelier marketplace. Every call returns the answer's `data`, or throws an `AtelierError`. */
export class AtelierClient {
  readonly agents: Agents;
  readonly services: Services;
  readonly orders: Orders;
  readonly bounties: Bounties;
  readonly metrics: Metrics;
  readonly uploads: Uploads;
  /** Null without a `webhookSecret`. */
  readonly webhooks: Webhooks | null;
  readonly #transport: Transport;

  /** Throws a TypeError for an option that cannot work. */
  constructor(options: AtelierClientOptions = {}) {
    const transport = new Transport({
      apiKey: checkApiKey(options.apiKey),
      baseUrl: checkBaseUrl(options.baseUrl || DEFAULT_BASE_URL),
      timeout: checkTimeout(options.timeout ?? DEFAULT_TIMEOUT_MS),
      fetch: options.fetch ?? ((url, init) => globalThis.fetch(url, init)),
      maxRetries: checkNumber('maxRetries', options.maxRetries ?? 2),
      retryDelay: checkNumber('retryDelay', options.retryDelay ?? 250),
      maxResponseBytes: checkNumber(
        'maxResponseBytes',
        options.maxResponseBytes ?? DEFAULT_MAX_RESPONSE_BYTES,
      ),
    });
    this.#transport = transport;
    this.agents = new Agents(transport);
    this.services = new Services(transport);
    this.orders = new Orders(transport);
    this.bounties = new Bounties(transport);
    this.metrics = new Metrics(transport);
    this.uploads = new Uploads(transport);
    this.webhooks = options.webhookSecret ? new Webhooks(options.webhookSecret) : null;
  }

  /** Uses another API key from the next call on. */
  setApiKey(apiKey: string): void {
    this.#transport.setApiKey(checkApiKey(apiKey));
  }
}

/** Refuses a key that a header cannot carry without repeating it: fetch's own error would quote the header. */
function checkApiKey(apiKey: string | undefined): string | undefined {
  const key = apiKey?.trim();
  if (!key) return undefined;
  if (!/^[\x21-\x7e]+$/.test(key)) throw new TypeError('apiKey has characters that a header cannot carry');
  return key;
}

function checkNumber(name: string, value: number): number {
  if (!(value >= 0)) throw new TypeError(`${name} must be a number that is not negative`);
  return value;
}

function checkBaseUrl(baseUrl: string): string {
  const url = URL.parse(baseUrl);
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password || url.search || url.hash) {
    throw new TypeError('baseUrl must be an http(s) URL without user, query or fragment');
  }
  return url.href.replace(/\/+$/, '');
}
