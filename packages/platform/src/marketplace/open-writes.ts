import type { OpenWrite, SubjectRef } from '@fulfillment/shared';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import type { RedisKeys } from '../redis/keys.ts';
import { defineCommands } from './commands.ts';

const stored = z.object({ id: z.string(), begunAt: z.number(), absentAt: z.number().nullable() });
type Stored = z.infer<typeof stored>;

/** A write as the record stores it: a hash field and its value. */
export interface WriteMark {
  key: string;
  field: string;
  value: string;
}

/**
 * Writes to the marketplace whose outcome is not recorded. One script sets the mark and extends the
 * lock that covers the call, before the call leaves. The mark is removed when the outcome is known,
 * so a worker that dies in between leaves the mark behind. The next worker then knows that a read
 * must prove the absence of an effect.
 */
export class OpenWrites {
  readonly #redis: Redis;
  readonly #keys: RedisKeys;

  constructor(redis: Redis, keys: RedisKeys) {
    this.#redis = redis;
    this.#keys = keys;
    defineCommands(redis);
  }

  /**
   * The mark for a write of this step that begins at `begunAt`, in ms since the epoch by Redis'
   * clock.
   */
  mark(ref: SubjectRef, step: string, begunAt: number): WriteMark {
    const value = JSON.stringify({ id: crypto.randomUUID(), begunAt, absentAt: null } satisfies Stored);
    return { key: this.#keys.record(ref), field: fieldOf(step), value };
  }

  /**
   * The write of this step whose outcome is unknown, and its mark. Null: every outcome is known.
   */
  async find(ref: SubjectRef, step: string): Promise<{ write: OpenWrite; mark: WriteMark } | null> {
    const key = this.#keys.record(ref);
    const field = fieldOf(step);
    const value = await this.#redis.hget(key, field);
    if (value === null) return null;
    return { write: stored.parse(JSON.parse(value)), mark: { key, field, value } };
  }

  /**
   * Stores the result of a read that looked for a write. A write that began meanwhile is left
   * alone.
   */
  async note({ key, field, value }: WriteMark, write: OpenWrite): Promise<void> {
    const { id } = stored.parse(JSON.parse(value));
    await this.#redis.replaceField(key, field, value, JSON.stringify({ id, ...write } satisfies Stored));
  }

  /**
   * Removes the mark of a write whose outcome is known. A write that began meanwhile is left alone.
   */
  async close({ key, field, value }: WriteMark): Promise<void> {
    await this.#redis.replaceField(key, field, value, '');
  }
}

function fieldOf(step: string): string {
  return `write:${step}`;
}
