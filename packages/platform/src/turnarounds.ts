import type { Redis } from 'ioredis';
import type { RedisKeys } from './keys.ts';

/** The turnaround of every service, as the last poll's process read it from the marketplace. */
export class Turnarounds {
  readonly #redis: Redis;
  readonly #keys: RedisKeys;

  constructor(redis: Redis, keys: RedisKeys) {
    this.#redis = redis;
    this.#keys = keys;
  }

  /** @returns hours, or null when the service is not known. */
  async of(agentId: string, serviceId: string | null): Promise<number | null> {
    if (serviceId === null) return null;
    const hours = await this.#redis.hget(this.#keys.turnarounds(agentId), serviceId);
    return hours === null ? null : Number(hours);
  }

  /** Hours by service id. */
  async all(agentId: string): Promise<Map<string, number>> {
    const fields = await this.#redis.hgetall(this.#keys.turnarounds(agentId));
    return new Map(Object.entries(fields).map(([service, hours]) => [service, Number(hours)]));
  }

  async store(agentId: string, hours: ReadonlyMap<string, number>): Promise<void> {
    if (hours.size > 0) await this.#redis.hset(this.#keys.turnarounds(agentId), Object.fromEntries(hours));
  }
}
