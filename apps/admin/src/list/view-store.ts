import { type RedisKeys, readStored } from '@fulfillment/platform';
import type { Redis } from 'ioredis';
import { z } from 'zod';

/** A search that an operator saved under a name. Stored as JSON. */
const savedViewSchema = z.object({ name: z.string(), path: z.string() });
export type SavedView = z.infer<typeof savedViewSchema>;

/** A console has at most this many saved views. */
export const MOST_VIEWS = 50;

/** The saved views of the operators, in Redis. */
export class ViewStore {
  readonly #redis: Redis;
  readonly #key: string;

  constructor(redis: Redis, keys: RedisKeys) {
    this.#redis = redis;
    this.#key = keys.views;
  }

  /** The views, by their names. */
  async list(): Promise<SavedView[]> {
    const views = Object.values(await this.#redis.hgetall(this.#key)).flatMap(
      (text) => readStored(savedViewSchema, text) ?? [],
    );
    return views.toSorted((one, other) => one.name.localeCompare(other.name));
  }

  /** Saves a view. A view of the same name is replaced. @returns false if there are too many. */
  async save(view: SavedView): Promise<boolean> {
    const isNew = (await this.#redis.hexists(this.#key, view.name)) === 0;
    if (isNew && (await this.#redis.hlen(this.#key)) >= MOST_VIEWS) return false;
    await this.#redis.hset(this.#key, view.name, JSON.stringify(view));
    return true;
  }

  async remove(name: string): Promise<void> {
    await this.#redis.hdel(this.#key, name);
  }
}
