import { type OrderRef, subjectName } from '@fulfillment/shared';
import type { Redis } from 'ioredis';
import { type RedisKeys, refOf } from '../redis/keys.ts';
import { defineCommands } from './commands.ts';
import { readRedisTime } from './redis-time.ts';

/** Forgets finished orders, and remembers which of them still have files to remove. */
export class Retention {
  readonly #redis: Redis;
  readonly #keys: RedisKeys;

  constructor(redis: Redis, keys: RedisKeys) {
    this.#redis = redis;
    this.#keys = keys;
    defineCommands(redis);
  }

  /**
   * Forgets orders that finished more than `ageMs` ago and wait for no human. While a ledger is
   * registered (see `ChangeFeed`), an order is kept until the ledger has read it. The forgotten
   * orders stay in `leftBehind` until their files are removed.
   * @returns the forgotten orders, `limit` at most.
   */
  async forgetFinished(ageMs: number, limit: number): Promise<OrderRef[]> {
    const { record, handlerLines, finished, orders, open, attention, leftBehind, feed, ledger } = this.#keys;
    const sets = [orders, open, attention, finished, leftBehind, feed, ledger] as const;
    const until = (await readRedisTime(this.#redis)) - ageMs;
    const names = await this.#redis.zrange(finished, '-inf', until, 'BYSCORE', 'LIMIT', 0, limit);
    const forgotten: OrderRef[] = [];
    for (const name of names) {
      const ref = refOf(name);
      const isForgotten = await this.#redis.forgetOrder(record(ref), ...sets, handlerLines(ref), name);
      if (isForgotten === 1) forgotten.push(ref);
    }
    return forgotten;
  }

  /**
   * Forgotten orders that still have files, `limit` at most. They come in random order, so that a
   * file that cannot be removed does not block the others.
   */
  async leftBehind(limit: number): Promise<OrderRef[]> {
    return (await this.#redis.srandmember(this.#keys.leftBehind, limit)).map(refOf);
  }

  /** Records that all files of a forgotten order are removed. */
  async allRemoved(ref: OrderRef): Promise<void> {
    await this.#redis.srem(this.#keys.leftBehind, subjectName(ref));
  }
}
