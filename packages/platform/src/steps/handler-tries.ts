import type { Redis } from 'ioredis';
import { readRedisTime } from '../record-store/redis-time.ts';
import { inTrips } from '../redis/in-trips.ts';
import type { RedisKeys } from '../redis/keys.ts';

const SLOT_MS = 10 * 60_000;
/** This slot of time and the one before count as recent. */
const RECENT_SLOTS = 2;
const KEPT_SECONDS = (RECENT_SLOTS * SLOT_MS) / 1000;

/** How the tries of a handler ended. A refusal is done, and a wait for a service does not count. */
export interface Tries {
  done: number;
  failed: number;
}

/** Counts the tries of handlers on all hosts, by slots of ten minutes. */
export class HandlerTries {
  readonly #redis: Redis;
  readonly #keys: RedisKeys;

  constructor(redis: Redis, keys: RedisKeys) {
    this.#redis = redis;
    this.#keys = keys;
  }

  /** Counts a try that ended. */
  async note(handler: string, outcome: keyof Tries): Promise<void> {
    const key = this.#keys.handlerTries(await this.#slot());
    await this.#redis.multi().hincrby(key, `${outcome}:${handler}`, 1).expire(key, KEPT_SECONDS).exec();
  }

  /** The tries that ended within the last ten to twenty minutes, by the name of the handler. */
  async recent(): Promise<Map<string, Tries>> {
    const now = await this.#slot();
    const slots = Array.from({ length: RECENT_SLOTS }, (_, ago) => now - ago);
    const stored = await inTrips(this.#redis, slots, (pipeline, slot) =>
      pipeline.hgetall(this.#keys.handlerTries(slot)),
    );
    const tries = new Map<string, Tries>();
    for (const [field, count] of (stored as Record<string, string>[]).flatMap(Object.entries)) {
      const handler = field.slice(field.indexOf(':') + 1);
      const of = tries.get(handler) ?? { done: 0, failed: 0 };
      of[field.startsWith('failed:') ? 'failed' : 'done'] += Number(count);
      tries.set(handler, of);
    }
    return tries;
  }

  async #slot(): Promise<number> {
    return Math.floor((await readRedisTime(this.#redis)) / SLOT_MS);
  }
}
