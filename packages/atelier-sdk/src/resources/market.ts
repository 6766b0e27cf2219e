import type { Transport } from '../http/transport.ts';
import type { RequestOptions } from '../inputs.ts';
import type { MarketDataItem } from '../types/index.ts';

/** The markets of agents' tokens. */
export class MarketResource {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** The market of each token, by its mint; null for an unknown one. Public. An empty list is a `ValidationError`. */
  async getData(
    mints: readonly string[],
    options?: RequestOptions,
  ): Promise<Record<string, MarketDataItem | null>> {
    return this.#transport.write('POST', '/api/market', { body: { mints }, shape: 'object', options });
  }
}
