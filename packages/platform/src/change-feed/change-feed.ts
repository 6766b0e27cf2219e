import { type OrderRef, subjectName } from '@fulfillment/shared';
import type { Redis } from 'ioredis';
import { readRedisTime } from '../record-store/redis-time.ts';
import { type RedisKeys, refOf } from '../redis/keys.ts';
import { defineCommands } from './commands.ts';

/** An order whose record changed since the ledger last read it. */
export interface Change {
  ref: OrderRef;
  /** Identifies the change. A later change of the order has another version. */
  version: string;
}

/** How far the ledger is behind the records. */
export interface FeedState {
  /** How many orders the ledger must still read. */
  pending: number;
  /** How long the oldest of them has waited since its last change, in ms. 0: none waits. */
  lagMs: number;
  /** When a ledger first registered, in ms since the epoch. Null: no ledger has ever run. */
  registeredAt: number | null;
  /** Why the ledger cannot be written, in words for the operator. Null: no trouble. */
  trouble: string | null;
}

/** How many orders one command marks. */
const MARKED_AT_ONCE = 1000;
/** Redis' scores of changes are in microseconds. */
const US = 1000;

/**
 * The orders whose records changed since the ledger last read them. Settling an order marks it. The
 * feed holds an order once, however often it changes, so its size is bounded by the number of
 * orders while the ledger is away.
 */
export class ChangeFeed {
  readonly #redis: Redis;
  readonly #keys: RedisKeys;

  constructor(redis: Redis, keys: RedisKeys) {
    this.#redis = redis;
    this.#keys = keys;
    defineCommands(redis);
  }

  /**
   * The oldest changes, `limit` at most. They stay in the feed until `clear`.
   * @param restMs leaves out the orders that changed within this time.
   */
  async take(limit: number, restMs: number): Promise<Change[]> {
    const found = await this.#redis.takeChanges(this.#keys.feed, limit, restMs * US);
    const changes: Change[] = [];
    for (let place = 0; place < found.length; place += 2)
      changes.push({ ref: refOf(found[place] ?? ''), version: found[place + 1] ?? '' });
    return changes;
  }

  /** Removes changes that the ledger has, unless the order has changed again meanwhile. */
  async clear(changes: readonly Change[]): Promise<void> {
    if (changes.length === 0) return;
    const args = changes.flatMap(({ ref, version }) => [subjectName(ref), version]);
    await this.#redis.clearChanges(this.#keys.feed, this.#keys.projected, ...args);
  }

  /** Marks every order that has a record, so that the ledger reads all of them again. */
  async markAll(): Promise<number> {
    let marked = 0;
    let cursor = '0';
    do {
      const [next, found] = await this.#redis.zscan(this.#keys.orders, cursor, 'COUNT', MARKED_AT_ONCE);
      cursor = next;
      const now = (await readRedisTime(this.#redis)) * US;
      const marks = found.filter((_, place) => place % 2 === 0).flatMap((name) => [now, name]);
      if (marks.length > 0) marked += await this.#redis.zadd(this.#keys.feed, ...marks);
    } while (cursor !== '0');
    return marked;
  }

  /**
   * A ledger reads the feed from now on: a record is forgotten only after the ledger has it.
   */
  async register(): Promise<void> {
    await this.#redis.hsetnx(this.#keys.ledger, 'registeredAt', await readRedisTime(this.#redis));
  }

  /** No ledger reads the feed any more: records are forgotten without one. */
  async unregister(): Promise<void> {
    await this.#redis.del(this.#keys.ledger);
  }

  /**
   * Notes why the ledger cannot be written, for the console. Without secrets. Null: the trouble is
   * over.
   */
  async noteTrouble(reason: string | null): Promise<void> {
    if (reason === null) await this.#redis.hdel(this.#keys.ledger, 'trouble');
    else await this.#redis.hset(this.#keys.ledger, 'trouble', reason);
  }

  async state(): Promise<FeedState> {
    const [pending, oldest, noted, now] = await Promise.all([
      this.#redis.zcard(this.#keys.feed),
      this.#redis.zrange(this.#keys.feed, 0, 0, 'WITHSCORES'),
      this.#redis.hmget(this.#keys.ledger, 'registeredAt', 'trouble'),
      readRedisTime(this.#redis),
    ]);
    const [registeredAt = null, trouble = null] = noted;
    const since = oldest[1] === undefined ? now : Number(oldest[1]) / US;
    return {
      pending,
      lagMs: Math.max(0, Math.round(now - since)),
      registeredAt: registeredAt === null ? null : Number(registeredAt),
      trouble,
    };
  }
}
