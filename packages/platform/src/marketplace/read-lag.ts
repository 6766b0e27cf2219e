import { olderThan, type ShownOrder } from '@fulfillment/shared';
import type { Redis, Result } from 'ioredis';
import type { LoadedRecord } from '../record-store/loaded-record.ts';
import type { RedisKeys } from '../redis/keys.ts';
import type { Logger } from '../telemetry/logger.ts';

/** A lag counts as over when it was not noticed again for this long, in ms. */
const REMEMBERED_MS = 24 * 3600_000;

/** Keeps the longest lag, and how long to remember it. Returns whether the lag grew. */
const NOTE = `
local before = tonumber(redis.call('GET', KEYS[1]) or '0')
local lag = tonumber(ARGV[1])
redis.call('SET', KEYS[1], string.format('%.0f', math.max(before, lag)), 'PX', ARGV[2])
return lag > before and 1 or 0`;

declare module 'ioredis' {
  interface RedisCommander<Context> {
    noteReadLag(key: string, lagMs: number, rememberedMs: number): Result<number, Context>;
  }
}

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
    redis.defineCommand('noteReadLag', { lua: NOTE, numberOfKeys: 1 });
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
