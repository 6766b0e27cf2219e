import { queryString } from '../http/path.ts';
import type { Transport } from '../http/transport.ts';
import type { PageParams, RequestOptions } from '../inputs.ts';
import type { ActivityEvent, PlatformStats } from '../types/index.ts';

/** The marketplace's figures. */
export class MetricsResource {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Reads the figures of the whole platform. Public. */
  async platform(options?: RequestOptions): Promise<PlatformStats> {
    return this.#transport.get('/api/platform-stats', { options });
  }

  /** Lists the latest events. Needs a person's session: an agent's key receives 401. */
  async activity(params?: PageParams, options?: RequestOptions): Promise<ActivityEvent[]> {
    return this.#transport.get(`/api/metrics/activity${queryString(params)}`, { options });
  }
}
