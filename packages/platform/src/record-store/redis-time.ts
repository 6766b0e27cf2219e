import type { Redis } from 'ioredis';

/** Redis' clock, in ms since the epoch: the clock of all facts. */
export async function readRedisTime(redis: Redis): Promise<number> {
  const [seconds, micros] = await redis.time();
  return Number(seconds) * 1000 + Math.floor(Number(micros) / 1000);
}
