import type { Redis, Result } from 'ioredis';
import type { RedisKeys } from './keys.ts';

/** A clock that stepped back this far is not noise, in ms. */
const STEP_MS = 5000;

/**
 * This write checks that Redis takes writes, stores Redis' time, and detects whether its clock
 * stepped back since the last probe of any process. After a step, every order with a later
 * reconcile becomes due that much earlier, because the previous clock set its time. KEYS: clock,
 * open. Returns [1 if there was a stored time, by how many ms the clock stepped back].
 */
const PROBE = `
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local noted = redis.call('GET', KEYS[1])
redis.call('SET', KEYS[1], string.format('%.0f', now))
local back = (tonumber(noted or '0') or 0) - now
if back < ${STEP_MS} then return {noted and 1 or 0, 0} end
local later = redis.call('ZRANGE', KEYS[2], string.format('(%.0f', now), '+inf', 'BYSCORE', 'WITHSCORES')
for i = 1, #later, 2 do
  local due = math.max(now, tonumber(later[i + 1]) - back)
  redis.call('ZADD', KEYS[2], 'XX', string.format('%.0f', due), later[i])
end
return {1, back}`;

declare module 'ioredis' {
  interface RedisCommander<Context> {
    probeRedis(clock: string, open: string): Result<[number, number], Context>;
  }
}

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
  if (typeof redis.probeRedis !== 'function')
    redis.defineCommand('probeRedis', { lua: PROBE, numberOfKeys: 2 });
  const [mark, back] = await redis.probeRedis(keys.clock, keys.open);
  return { hasMark: mark === 1, steppedBackMs: back };
}
