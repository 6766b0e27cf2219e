import { olderThan, type ShownOrder } from '@fulfillment/shared';
import type { Redis } from 'ioredis';
import type { LoadedRecord } from '../record-store/loaded-record.ts';
import type { RedisKeys } from '../redis/keys.ts';
import type { Logger } from '../telemetry/logger.ts';
import { defineCommands } from './commands.ts';

/** A lag counts as over when it was not noticed again for this long, in ms. */
const REMEMBERED_MS = 24 * 3600_000;

/**
 * How far the marketplace's reads lag behind its writes, because a cache or a replica answers. The
 * known lag is shared by all processes.
 */
export class ReadLag {
  readonly #redis: Redis;
  readonly #key: string;

  constructor(redis: Redis, keys: RedisKeys) {
    this.#redis = redis;
    this.#key = keys.readLag;
    defineCommands(redis);
  }

  /**
   * Records that a read was older than something known for `lagMs`.
   * @returns whether this is the longest lag so far.
   */
  async note(lagMs: number): Promise<boolean> {
    return (await this.#redis.noteReadLag(this.#key, Math.max(1, Math.ceil(lagMs)), REMEMBERED_MS)) === 1;
  }

  /** The longest lag noticed within a day, in ms. 0: no lag was noticed. */
  async current(): Promise<number> {
    return Number((await this.#redis.get(this.#key)) ?? 0);
  }
}

/**
 * Detects a marketplace that returns old state. Its reads must then be further apart to prove
 * anything.
 * @param before the record, loaded right before the marketplace was asked.
 * @returns whether the read is older than our knowledge.
 */
export async function noteOlderRead(
  { readLag, log }: { readLag: ReadLag; log: Logger },
  before: LoadedRecord,
  shown: ShownOrder,
): Promise<boolean> {
  const since = olderThan(before, shown);
  if (since === null) return false;
  const lagMs = before.loadedAt - since;
  if (await readLag.note(lagMs)) {
    log.warn(
      { agentId: before.agentId, orderId: before.orderId, lagSeconds: Math.ceil(lagMs / 1000) },
      'the marketplace answered a read with an older state than one seen before',
    );
  }
  return true;
}
