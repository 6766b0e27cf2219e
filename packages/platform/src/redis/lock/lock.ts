import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { type StepError, waitingFor } from '../../telemetry/failures.ts';
import { defineCommands } from '../commands.ts';
import type { RedisKeys } from '../keys.ts';
import { askTime, holdLock } from './held-lock.ts';

/** How long to wait before the next request for a lock that another worker holds. */
const BUSY_WAIT_MS = 2000;

/** Another worker holds the lock. A holder usually finishes soon. */
export function lockBusy(name: string): StepError {
  return waitingFor(`another worker is busy with ${name}`, Date.now() + BUSY_WAIT_MS);
}

/** The lock ended before its holder had finished. */
export function lockRanOut(name: string): StepError {
  return waitingFor(`the lock of ${name} ran out`, Date.now() + BUSY_WAIT_MS);
}

export interface Lock {
  /**
   * Extends the lock to `ms` from now.
   * @throws StepError (throttled) when the lock ran out meanwhile.
   */
  extend(ms: number): Promise<void>;
}

/**
 * Runs `work` while no other process runs work under the same name.
 * @param ttlMs the lock expires after this time, in case its holder dies.
 * @throws StepError (throttled) when another process holds the lock.
 */
export async function withLock<T>(
  { redis, keys }: { redis: Redis; keys: RedisKeys },
  { name, ttlMs }: { name: string; ttlMs: number },
  work: (lock: Lock) => Promise<T>,
): Promise<T> {
  defineCommands(redis);
  const key = keys.lock(name);
  const token = randomUUID();
  const taken = await askTime(() => redis.takeLock(key, token, ttlMs));
  if (taken === null) throw lockBusy(name);
  const held = holdLock(redis, key, { token, from: taken, ms: ttlMs });
  const extend = async (ms: number): Promise<void> => {
    const extended = await askTime(() => redis.extendLock(key, token, ms));
    if (extended === null) throw lockRanOut(name);
    held.lasts(extended, ms);
  };
  try {
    return await work({ extend });
  } finally {
    held.end();
    await redis.releaseLock(key, token);
  }
}
