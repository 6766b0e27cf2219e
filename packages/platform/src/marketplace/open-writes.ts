import { type OpenWrite, type OrderRef, type Step, stepKey } from '@fulfillment/shared';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import type { LoadedRecord } from '../record-store/loaded-record.ts';
import { MARK_FIELD } from '../record-store/read-record.ts';
import type { RedisKeys } from '../redis/keys.ts';
import { readStored } from '../redis/stored-json.ts';
import { defineCommands } from './commands.ts';

const stored = z.object({ id: z.string(), begunAt: z.number(), absentAt: z.number().nullable() });
type Stored = z.infer<typeof stored>;

/** A write as the record stores it: a hash field and its value. */
export interface WriteMark {
  field: string;
  value: string;
}

function readMark(value: string): Stored | null {
  return readStored(stored, value);
}

/** The field of the record that marks a write of this step. */
export function markField(step: Step): string {
  return `${MARK_FIELD}${stepKey(step)}`;
}

/**
 * The mark of a step's write whose outcome is unknown. Null: every outcome is known. A damaged mark
 * does not say when its write began, so the write counts as begun at the load of the record.
 * @param record as loaded by the holder of the step's lease. Nobody else sets a mark.
 */
export function openWriteOf(
  { marks, loadedAt }: LoadedRecord,
  step: Step,
): { write: OpenWrite; mark: WriteMark } | null {
  const field = markField(step);
  const value = marks[field];
  if (value === undefined) return null;
  const write = readMark(value) ?? { begunAt: loadedAt, absentAt: null };
  return { write, mark: { field, value } };
}

/**
 * Writes to the marketplace whose outcome is not recorded. The script that begins a write sets its
 * mark, before the call leaves (see `WriteLease`). The mark is removed when the outcome is known.
 * So a worker that dies in between leaves the mark behind. The next worker then knows that a read
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
   * Stores the result of a read that looked for a write. A write that began meanwhile is left
   * alone.
   */
  async note(ref: OrderRef, { field, value }: WriteMark, write: OpenWrite): Promise<void> {
    const id = readMark(value)?.id ?? 'of a damaged mark';
    const noted = JSON.stringify({ ...write, id } satisfies Stored);
    await this.#redis.replaceField(this.#keys.record(ref), field, value, noted);
  }

  /**
   * Removes the mark of a write that had no effect. A write that began meanwhile is left alone.
   */
  async close(ref: OrderRef, { field, value }: WriteMark): Promise<void> {
    await this.#redis.replaceField(this.#keys.record(ref), field, value, '');
  }
}
