import type { FastifyRequest } from 'fastify';

/** The longest time for which a cache between seller and marketplace keeps an answer. In ms. */
const MAX_AGE_MS = 10_000;
const MAX_ANSWERS = 5000;

/**
 * The last answers to reads, as a cache on the way would hold them. The fault `stale` answers from
 * this cache.
 */
export class AnswerCache {
  readonly #answers = new Map<string, { payload: string; at: number }>();
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  remember(request: FastifyRequest, payload: unknown): void {
    if (request.method !== 'GET' || typeof payload !== 'string') return;
    const [oldest] = this.#answers.keys();
    if (this.#answers.size >= MAX_ANSWERS && oldest !== undefined) this.#answers.delete(oldest);
    this.#answers.set(keyOf(request), { payload, at: this.#now() });
  }

  /**
   * The answer of a cache. Null if it has no answer that is young enough, or if the caller asks to
   * bypass caches.
   */
  find(request: FastifyRequest): string | null {
    if (request.method !== 'GET' || request.headers['cache-control'] === 'no-cache') return null;
    const known = this.#answers.get(keyOf(request));
    return known !== undefined && this.#now() - known.at <= MAX_AGE_MS ? known.payload : null;
  }

  reset(): void {
    this.#answers.clear();
  }
}

function keyOf({ url, caller }: FastifyRequest): string {
  return `${caller?.id ?? ''} ${url}`;
}
