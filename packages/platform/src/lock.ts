import { randomUUID } from 'node:crypto';
import type { Redis, Result } from 'ioredis';
import { throttled } from './failures.ts';
import type { RedisKeys } from './keys.ts';

/** Frees the lock only if it is still ours. */
const RELEASE = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0`;

/** Lengthens the lock only if it is still ours. */
const EXTEND = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end return 0`;

declare module 'ioredis' {
  interface RedisCommander<Context> {
    releaseLock(key: string, token: string): Result<number, Context>;
    extendLock(key: string, token: string, ms: number): Result<number, Context>;
  }
}

/** How long to wait before asking for a lock that another worker holds. */
const BUSY_WAIT_MS = 2000;

export interface Lock {
  /**
   * Makes the lock last `ms` from now. What must not happen twice is begun right after it, and ends within that time.
   * @throws StepError (throttled) when the lock ran out meanwhile: another may hold it.
   */
  extend(ms: number): Promise<void>;
}

/**
 * Runs `work` while no other process does work under the same name.
 * @param ttlMs the lock ends by itself after this, for the case that its holder dies.
 * @throws StepError (throttled) when another holds the lock.
 */
export async function withLock<T>(
  redis: Redis,
  keys: RedisKeys,
  name: string,
  ttlMs: number,
  work: (lock: Lock) => Promise<T>,
): Promise<T> {
  defineCommands(redis);
  const key = keys.lock(name);
  const token = randomUUID();
  const taken = await redis.set(key, token, 'PX', ttlMs, 'NX');
  if (taken === null) throw throttled(`another worker is busy with ${name}`, Date.now() + BUSY_WAIT_MS);
  const extend = async (ms: number): Promise<void> => {
    const isOurs = await redis.extendLock(key, token, ms);
    if (isOurs !== 1) throw throttled(`the lock of ${name} ran out`, Date.now() + BUSY_WAIT_MS);
  };
  try {
    return await work({ extend });
  } finally {
    await redis.releaseLock(key, token);
  }
}

/** Scripts that Redis knows by their hash, once a connection. */
function defineCommands(redis: Redis): void {
  if (typeof redis.releaseLock === 'function') return;
  redis.defineCommand('releaseLock', { lua: RELEASE, numberOfKeys: 1 });
  redis.defineCommand('extendLock', { lua: EXTEND, numberOfKeys: 1 });
}
