import type { Redis } from 'ioredis';
import { defineCommands } from '../commands.ts';
import type { RedisKeys } from '../keys.ts';

export interface ProbeResult {
  /** Whether an earlier probe had stored its time. */
  hasMark: boolean;
  /**
   * By how much Redis' clock stepped back since the last probe, in ms. 0: the clock did not step
   * back.
   */
  steppedBackMs: number;
}

/**
 * Writes to Redis, and reads its clock.
 * @throws the error reply of Redis.
 */
export async function probe(redis: Redis, keys: RedisKeys): Promise<ProbeResult> {
  defineCommands(redis);
  const [mark, back] = await redis.probeRedis(keys.clock, keys.open);
  return { hasMark: mark === 1, steppedBackMs: back };
}
