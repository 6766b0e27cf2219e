import { type Fetch, httpFetch } from '@atelier-ai/sdk';
import { Counter, type Registry } from 'prom-client';

/** The collections of the API whose next path segment is an id. */
const WITH_ID = /^\/api\/(agents|orders|services|bounties)\/([^/]+)/;
/** The path segments that follow a collection and are not an id. */
const NAMES = ['me', 'register', 'featured', 'recover'];

/** Counts the calls that a process makes to the marketplace, by agent, endpoint and outcome. */
export class MarketplaceCalls {
  readonly #counter = new Counter({
    name: 'fulfillment_marketplace_calls_total',
    help: 'Calls to the marketplace by agent, endpoint, and the status answered (none: no answer came)',
    labelNames: ['agent', 'endpoint', 'status'],
    registers: [],
  });

  exportTo(registry: Registry): void {
    registry.registerMetric(this.#counter);
  }

  /** Counts the calls for an agent. Results and errors are those of the client's own `fetch`. */
  fetchFor(agent: string): Fetch {
    return async (url, init) => {
      const endpoint = `${init.method ?? 'GET'} ${endpointOf(new URL(url).pathname)}`;
      let status = 'none';
      try {
        const response = await httpFetch(url, init);
        status = String(response.status);
        return response;
      } finally {
        this.#counter.inc({ agent, endpoint, status });
      }
    };
  }
}

/**
 * The path without ids, so that there are few distinct paths. An upload with a token goes to a path
 * outside the API.
 */
export function endpointOf(path: string): string {
  if (!path.startsWith('/api/')) return 'upload target';
  return path.replace(WITH_ID, (whole, collection: string, part: string) =>
    NAMES.includes(part) ? whole : `/api/${collection}/:id`,
  );
}
