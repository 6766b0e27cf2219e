import type { Redis } from 'ioredis';
import { inTrips } from '../../redis/in-trips.ts';
import type { RedisKeys } from '../../redis/keys.ts';

const HOUR_MS = 3600_000;
const HOURS_SHOWN = 24;
/** An hour is kept until no day that is shown contains it, in s. */
const KEPT_SECONDS = (HOURS_SHOWN + 1) * 3600;

/** Orders that polls saw come to wait for the seller. The marketplace announces each of them. */
export interface Arrivals {
  arrivals: number;
  /** How many of them a poll found before any webhook: their webhooks are lost. */
  unannounced: number;
}

/** How many webhooks of an agent are lost, by hour. */
export class WebhookLoss {
  readonly #redis: Redis;
  readonly #keys: RedisKeys;

  constructor(redis: Redis, keys: RedisKeys) {
    this.#redis = redis;
    this.#keys = keys;
  }

  /** @param now in ms since the epoch, by Redis' clock. */
  async note(agentId: string, { arrivals, unannounced }: Arrivals, now: number): Promise<void> {
    if (arrivals === 0) return;
    const key = this.#keys.webhookLoss(agentId, Math.floor(now / HOUR_MS));
    await this.#redis
      .multi()
      .hincrby(key, 'arrivals', arrivals)
      .hincrby(key, 'unannounced', unannounced)
      .expire(key, KEPT_SECONDS)
      .exec();
  }

  /**
   * The arrivals of this hour and the 23 hours before.
   * @param now in ms since the epoch, by Redis' clock.
   */
  async lastDay(agentId: string, now: number): Promise<Arrivals> {
    const hours = Array.from({ length: HOURS_SHOWN }, (_, ago) => Math.floor(now / HOUR_MS) - ago);
    const stored = await inTrips(this.#redis, hours, (pipeline, hour) =>
      pipeline.hmget(this.#keys.webhookLoss(agentId, hour), 'arrivals', 'unannounced'),
    );
    const counts = stored as (string | null)[][];
    const sum = (field: number) => counts.reduce((total, hour) => total + Number(hour[field] ?? 0), 0);
    return { arrivals: sum(0), unannounced: sum(1) };
  }
}
