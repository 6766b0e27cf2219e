import { type AtelierConfig, checkApiKey, transportConfig } from '../config.ts';
import { queryString } from './path.ts';
import { Transport } from './transport.ts';

/** Filters of a GET or DELETE. Undefined and empty values are left out. */
export type QueryParams = Readonly<Record<string, string | number | undefined>>;

/**
 * Calls to the marketplace's API for which `AtelierClient` has no method. Every call returns the
 * answer's `data` or throws an `AtelierError`, as the methods of the client do.
 */
export class HttpClient {
  readonly #transport: Transport;

  /** Throws a TypeError for an option that cannot work. */
  constructor(config: AtelierConfig = {}) {
    this.#transport = new Transport(transportConfig(config));
  }

  /** Uses another API key from the next call on. */
  setApiKey(apiKey: string): void {
    this.#transport.setApiKey(checkApiKey(apiKey));
  }

  /** @param path such as `/api/agents/me`. */
  get<T>(path: string, params?: QueryParams): Promise<T> {
    return this.#transport.get<T>(path + queryString(params));
  }

  post<T>(path: string, body?: unknown): Promise<T> {
    return this.#transport.write<T>('POST', path, { body });
  }

  patch<T>(path: string, body: unknown): Promise<T> {
    return this.#transport.write<T>('PATCH', path, { body });
  }

  del<T>(path: string, params?: QueryParams): Promise<T> {
    return this.#transport.write<T>('DELETE', path + queryString(params));
  }
}
