import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { WriteMark } from '../../marketplace/open-writes.ts';
import { type StepError, throttled, waitingFor } from '../../telemetry/failures.ts';
import { defineCommands } from '../commands.ts';
import type { RedisKeys } from '../keys.ts';
import { holdLock } from './held-lock.ts';

/** The value of a lock that outlives its holder. It replaces the holder's token. */
const KEPT = 'kept';

/** How long to wait before the next request for a lock that another worker holds. */
const BUSY_WAIT_MS = 2000;

export interface Lock {
  /**
   * Extends the lock to `ms` from now. A call that must not happen twice begins right after this,
   * and ends within that time.
   * @param beginWithinMs how long the extension may take, so that the rest of `ms` is enough for
   * the call. Measured by this process' own clock, which goes on while the process is frozen.
   * @param mark written into the record by the same script.
   * @throws StepError (throttled) when the lock ran out meanwhile, or when the rest of `ms` may be
   * too short.
   */
  extend(ms: number, beginWithinMs: number, mark?: WriteMark): Promise<void>;
  /**
   * Keeps the lock for `ms` from now, even after the work has ended. Effects of the work may still
   * arrive in that time.
   */
  keep(ms: number): Promise<void>;
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
  const taken = await redis.set(key, token, 'PX', ttlMs, 'NX');
  if (taken === null) throw await busy(redis, key, name);
  const held = holdLock(redis, key, { token, ms: ttlMs });
  const extend = async (ms: number, beginWithinMs: number, mark?: WriteMark): Promise<void> => {
    const asked = performance.now();
    const isOurs =
      mark === undefined
        ? await redis.extendLock(key, token, ms)
        : await redis.extendLockAndMark(key, mark.key, token, ms, mark.field, mark.value);
    if (isOurs !== 1 || performance.now() - asked > beginWithinMs) {
      throw waitingFor(`the lock of ${name} ran out`, Date.now() + BUSY_WAIT_MS);
    }
    held.lasts(ms);
  };
  const keep = async (ms: number): Promise<void> => {
    if ((await redis.keepLock(key, token, KEPT, ms)) === 1) held.outlives(KEPT, ms);
  };
  try {
    return await work({ extend, keep });
  } finally {
    held.end();
    await redis.releaseLock(key, token);
  }
}

/**
 * A holder usually finishes soon. If the lock outlives its holder, we wait until the lock expires.
 */
async function busy(redis: Redis, key: string, name: string): Promise<StepError> {
  const [holder, left] = await Promise.all([redis.get(key), redis.pttl(key)]);
  return holder === KEPT
    ? throttled(`an earlier call of ${name} may still take effect`, Date.now() + Math.max(0, left))
    : waitingFor(`another worker is busy with ${name}`, Date.now() + BUSY_WAIT_MS);
}
