import { type OrderRef, type OrderSnapshot, subjectName } from '@fulfillment/shared';
import type { Redis } from 'ioredis';
import { inTrips } from '../redis/in-trips.ts';
import { type RedisKeys, refOf } from '../redis/keys.ts';
import { type OrderSummary, readSummary } from './order-summary.ts';
import { readSnapshot } from './read-record.ts';
import { readRedisTime } from './redis-time.ts';

/** The most orders in attention that a count reads. */
const MOST_COUNTED = 1000;

/** The snapshot of an order as it is stored. */
export interface StoredSnapshot {
  ref: OrderRef;
  snapshot: OrderSnapshot;
  /** When the marketplace was asked for it, in ms since the epoch. */
  storedAt: number;
}

/** Orders that are due for a reconcile. Times are in ms since the epoch, by Redis' clock. */
export interface DueOrders {
  refs: OrderRef[];
  takenAt: number;
  /** When they are due again. */
  dueAgainAt: number;
}

/**
 * Finds orders: all of them, the unfinished, those due for a reconcile, and those that wait for an
 * operator.
 */
export class OrderIndex {
  readonly #redis: Redis;
  readonly #keys: RedisKeys;

  constructor(redis: Redis, keys: RedisKeys) {
    this.#redis = redis;
    this.#keys = keys;
  }

  /** The stored snapshots of many orders, in the order of `refs`. Null: the order has none. */
  async stored(refs: readonly OrderRef[]): Promise<(StoredSnapshot | null)[]> {
    return this.#hashFields(refs, ['snapshot', 'observedAt'], ([text, observedAt], ref) => {
      const snapshot = readSnapshot(text);
      return snapshot === null ? null : { ref, snapshot, storedAt: Number(observedAt) };
    });
  }

  /**
   * Takes unfinished orders that are due for a reconcile, the longest due first. Each is due again
   * after `putOffMs`.
   */
  async takeDue(limit: number, putOffMs: number): Promise<DueOrders> {
    const now = await readRedisTime(this.#redis);
    const due = await this.#redis.zrange(this.#keys.open, '-inf', now, 'BYSCORE', 'LIMIT', 0, limit);
    const dueAgainAt = now + putOffMs;
    const putOff = due.flatMap((name) => [dueAgainAt, name]);
    if (putOff.length > 0) await this.#redis.zadd(this.#keys.open, 'XX', ...putOff);
    return { refs: due.map(refOf), takenAt: now, dueAgainAt };
  }

  /**
   * Puts off orders that `takeDue` returned. An order that has become due meanwhile stays due.
   * @param until when each order is due again, in ms since the epoch.
   */
  async putOff({ dueAgainAt }: DueOrders, until: ReadonlyMap<OrderRef, number>): Promise<void> {
    if (until.size === 0) return;
    const pairs = [...until].map(([ref, at]) => [subjectName(ref), at]);
    await this.#redis.putOff(this.#keys.open, dueAgainAt, JSON.stringify(pairs));
  }

  /** Summaries of orders, the newest first. */
  async list(which: 'all' | 'open' | 'attention', offset: number, limit: number): Promise<OrderSummary[]> {
    const key = { all: this.#keys.orders, open: this.#keys.open, attention: this.#keys.attention }[which];
    const names = await this.#redis.zrange(key, offset, offset + limit - 1, 'REV');
    const refs = names.map(refOf);
    return this.#hashFields(refs, ['summary'], ([text = null], ref) => readSummary(text, ref));
  }

  /**
   * Counts the orders that are due soon and wait only for a human, among the last thousand that
   * came to wait.
   */
  async urgentCount(): Promise<number> {
    const waiting = await this.list('attention', 0, MOST_COUNTED);
    return waiting.filter(({ attention }) =>
      attention.some((item) => item.cause === 'review' && item.isUrgent),
    ).length;
  }

  /** Counts all orders, the unfinished ones, and those that wait for a human. */
  async counts(): Promise<{ all: number; open: number; attention: number }> {
    const [all, open, attention] = await Promise.all([
      this.#redis.zcard(this.#keys.orders),
      this.#redis.zcard(this.#keys.open),
      this.#redis.zcard(this.#keys.attention),
    ]);
    return { all, open, attention };
  }

  async #hashFields<T>(
    refs: readonly OrderRef[],
    fields: readonly string[],
    read: (values: (string | null)[], ref: OrderRef) => T,
  ): Promise<T[]> {
    const values = await inTrips(this.#redis, refs, (pipeline, ref) =>
      pipeline.hmget(this.#keys.record(ref), ...fields),
    );
    return refs.map((ref, index) => read(values[index] as (string | null)[], ref));
  }
}
