import { randomUUID } from 'node:crypto';
import type { Redis, Result } from 'ioredis';
import { defineScripts, readScripts } from '../redis/scripts.ts';

/**
 * Prometheus' scrapes are at most two minutes apart. The lease is longer, so that the next scrape
 * of its holder renews it. In ms.
 */
const LEASE_MS = 150_000;
/** All numbers of one scrape share one request. In ms. */
const SAME_SCRAPE_MS = 500;

declare module 'ioredis' {
  interface RedisCommander<Context> {
    holdScrapeLease(lease: string, processId: string, ms: number): Result<number, Context>;
    releaseScrapeLease(lease: string, processId: string): Result<number, Context>;
  }
}

const SCRIPTS = readScripts(new URL('./lua/', import.meta.url));

/**
 * Decides which process exports the numbers that are the same in all processes. Four apps that
 * export one queue's length make `sum()` four times too large, so only one scraped process exports
 * it. A process that nobody scrapes never takes the lease.
 */
export class ScrapeLease {
  readonly #redis: Redis;
  readonly #key: string;
  readonly #id = randomUUID();
  #last: { at: number; held: Promise<boolean> } | null = null;

  constructor(redis: Redis, key: string) {
    this.#redis = redis;
    this.#key = key;
    defineScripts(redis, SCRIPTS);
  }

  /**
   * Called at each scrape.
   * @returns whether this process exports the numbers.
   */
  hold(): Promise<boolean> {
    const now = performance.now();
    if (this.#last === null || now - this.#last.at > SAME_SCRAPE_MS)
      this.#last = { at: now, held: this.#ask() };
    return this.#last.held;
  }

  /** Releases the lease, so that another process can take over at once. */
  async release(): Promise<void> {
    if (this.#last !== null) await this.#redis.releaseScrapeLease(this.#key, this.#id);
  }

  async #ask(): Promise<boolean> {
    return (await this.#redis.holdScrapeLease(this.#key, this.#id, LEASE_MS)) === 1;
  }
}
