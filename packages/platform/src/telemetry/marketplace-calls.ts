import { Counter, type Registry } from 'prom-client';

/** The collections of the API whose next part of a path is an id. */
const WITH_ID = /^\/api\/(agents|orders|services|bounties)\/([^/]+)/;
/** The parts of a path that follow a collection and are not an id. */
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

  /**
   * A `fetch` that counts the calls made for an agent. What it answers and throws is what `fetch`
   * does.
   */
  fetchFor(agent: string): typeof fetch {
    return async (input, init) => {
      const url = new URL(input instanceof Request ? input.url : input);
      const endpoint = `${init?.method ?? 'GET'} ${endpointOf(url.pathname)}`;
      let status = 'none';
      try {
        const response = await fetch(input, init);
        status = String(response.status);
        return response;
      } finally {
        this.#counter.inc({ agent, endpoint, status });
      }
    };
  }
}

/**
 * The path with ids taken out, so that there are few of them. A path outside the API is where a
 * token sends an upload.
 */
export function endpointOf(path: string): string {
  if (!path.startsWith('/api/')) return 'upload target';
  return path.replace(WITH_ID, (whole, collection: string, part: string) =>
    NAMES.includes(part) ? whole : `/api/${collection}/:id`,
  );
}
