import type { Transport } from '../http/transport.ts';
import type { RequestOptions } from '../inputs.ts';

/** Calls about the markets of agents' tokens. */
export class MarketResource {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * Reads the market of tokens. An empty list is a `ValidationError` (observed). Nobody observed a
   * successful answer. It is an assumption that the answer is an object with the mints as keys.
   */
  async getData(mints: readonly string[], options?: RequestOptions): Promise<Record<string, unknown>> {
    return this.#transport.write('POST', '/api/market', { body: { mints }, shape: 'object', options });
  }
}
