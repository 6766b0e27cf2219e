import { randomUUID } from 'node:crypto';
import { defineScripts, type RedisKeys, readScripts, refOf } from '@fulfillment/platform';
import type { OrderRef } from '@fulfillment/shared';
import type { Redis, Result } from 'ioredis';
import {
  type BulkPlan,
  type BulkResult,
  type BulkRun,
  type BulkSummary,
  bulkPlanSchema,
  bulkResultSchema,
} from './bulk-run.ts';

/** A preview that nobody starts is forgotten. */
const PLANNED_SECONDS = 3600;
/** The results of a bulk action can be read for this many days. */
export const BULK_DAYS = 14;
const KEPT_SECONDS = BULK_DAYS * 24 * 3600;

declare module 'ioredis' {
  interface RedisCommander<Context> {
    startBulk(
      run: string,
      todo: string,
      active: string,
      started: string,
      id: string,
      now: number,
      keepSeconds: number,
    ): Result<number, Context>;
  }
}

const SCRIPTS = readScripts(new URL('./lua/', import.meta.url));

/** The bulk actions of operators, in Redis, so that another process can continue them. */
export class BulkStore {
  readonly #redis: Redis;
  readonly #keys: RedisKeys;

  constructor(redis: Redis, keys: RedisKeys) {
    this.#redis = redis;
    this.#keys = keys;
    defineScripts(redis, SCRIPTS);
  }

  /** Freezes the set of orders. Nothing happens to them before `start`. @returns the id. */
  async plan(plan: BulkPlan, refs: readonly OrderRef[]): Promise<string> {
    const id = randomUUID();
    const [run, todo] = [this.#keys.bulk(id), this.#keys.bulkTodo(id)];
    const write = this.#redis.multi().hset(run, { plan: JSON.stringify(plan), state: 'planned' });
    write.rpush(todo, ...refs.map(nameOf));
    await write.expire(run, PLANNED_SECONDS).expire(todo, PLANNED_SECONDS).exec();
    return id;
  }

  /** Starts a planned action. @returns false if it was started before, or is forgotten. */
  async start(id: string, now: number): Promise<boolean> {
    const { bulkActive, bulkStarted } = this.#keys;
    const [run, todo] = [this.#keys.bulk(id), this.#keys.bulkTodo(id)];
    return (await this.#redis.startBulk(run, todo, bulkActive, bulkStarted, id, now, KEPT_SECONDS)) === 1;
  }

  /** The ids of the actions that are started and not finished. */
  async active(): Promise<string[]> {
    return this.#redis.smembers(this.#keys.bulkActive);
  }

  /** The last started actions, the newest first. */
  async recent(limit: number): Promise<BulkSummary[]> {
    const ids = await this.#redis.zrange(this.#keys.bulkStarted, 0, limit - 1, 'REV');
    const runs = await Promise.all(ids.map((id) => this.#summary(id)));
    return runs.filter((run) => run !== null);
  }

  /** @returns null when the action is forgotten or never existed. */
  async read(id: string): Promise<BulkRun | null> {
    const [summary, results] = await Promise.all([
      this.#summary(id),
      this.#redis.hgetall(this.#keys.bulkResults(id)),
    ]);
    if (summary === null) return null;
    return {
      ...summary,
      results: Object.entries(results).map(([name, result]) => ({
        ref: refOf(name),
        ...bulkResultSchema.parse(JSON.parse(result)),
      })),
    };
  }

  async #summary(id: string): Promise<BulkSummary | null> {
    const [fields, left] = await Promise.all([
      this.#redis.hgetall(this.#keys.bulk(id)),
      this.#redis.llen(this.#keys.bulkTodo(id)),
    ]);
    if (fields.plan === undefined) return null;
    const { state, startedAt } = fields;
    return {
      ...bulkPlanSchema.parse(JSON.parse(fields.plan)),
      id,
      state: state === 'running' || state === 'finished' ? state : 'planned',
      startedAt: startedAt === undefined ? null : Number(startedAt),
      left,
    };
  }

  /** The next orders that are not handled yet. They stay in the list until `note`. */
  async next(id: string, limit: number): Promise<OrderRef[]> {
    return (await this.#redis.lrange(this.#keys.bulkTodo(id), 0, limit - 1)).map(refOf);
  }

  /** Writes what became of an order, and takes the order off the list, in one step. */
  async note(id: string, ref: OrderRef, result: BulkResult): Promise<void> {
    const results = this.#keys.bulkResults(id);
    await this.#redis
      .multi()
      .hset(results, nameOf(ref), JSON.stringify(result))
      .expire(results, KEPT_SECONDS)
      .lrem(this.#keys.bulkTodo(id), 1, nameOf(ref))
      .exec();
  }

  async finish(id: string): Promise<void> {
    await this.#redis
      .multi()
      .hset(this.#keys.bulk(id), 'state', 'finished')
      .srem(this.#keys.bulkActive, id)
      .exec();
  }

  /** Forgets an active action whose data has expired. */
  async drop(id: string): Promise<void> {
    await this.#redis.srem(this.#keys.bulkActive, id);
  }
}

function nameOf({ agentId, orderId }: OrderRef): string {
  return `${agentId}/${orderId}`;
}
