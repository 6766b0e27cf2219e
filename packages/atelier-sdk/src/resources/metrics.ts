import type { ListParams, RequestOptions } from '../inputs.ts';
import { queryString } from '../path.ts';
import type { Transport } from '../transport.ts';

/** The marketplace's public figures. Their form is the marketplace's. */
export class Metrics {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Figures of the whole platform. */
  async platform(options?: RequestOptions): Promise<Record<string, unknown>> {
    return this.#transport.get('/api/metrics/platform', { options });
  }

  /** What happened lately. */
  async activity(params?: ListParams, options?: RequestOptions): Promise<unknown> {
    return this.#transport.get(`/api/metrics/activity${queryString(params)}`, { options });
  }
}
