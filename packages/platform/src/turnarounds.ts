import type { Redis } from 'ioredis';
import type { RedisKeys } from './keys.ts';

/** The turnaround of every service, as the last poll's process read it from the marketplace. The record store looks them up. */
export class Turnarounds {
  readonly #redis: Redis;
  readonly #keys: RedisKeys;

  constructor(redis: Redis, keys: RedisKeys) {
    this.#redis = redis;
    this.#keys = keys;
  }

  async store(agentId: string, hours: ReadonlyMap<string, number>): Promise<void> {
    if (hours.size > 0) await this.#redis.hset(this.#keys.turnarounds(agentId), Object.fromEntries(hours));
  }
}
