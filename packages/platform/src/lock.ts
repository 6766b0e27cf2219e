import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { throttled } from './failures.ts';
import type { RedisKeys } from './keys.ts';

/** Frees the lock only if it is still ours. */
const RELEASE = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0`;

/** How long to wait before asking for a lock that another worker holds. */
const BUSY_WAIT_MS = 2000;

export interface Lock {
  /** Throws when less than `ms` of the lock is left: what takes longer must not be begun under it. */
  mustLast(ms: number): void;
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
  const key = keys.lock(name);
  const token = randomUUID();
  const since = performance.now();
  const taken = await redis.set(key, token, 'PX', ttlMs, 'NX');
  if (taken === null) throw throttled(`another worker is busy with ${name}`, Date.now() + BUSY_WAIT_MS);
  const mustLast = (ms: number): void => {
    if (performance.now() - since + ms > ttlMs)
      throw throttled(`the lock of ${name} ran out`, Date.now() + BUSY_WAIT_MS);
  };
  try {
    return await work({ mustLast });
  } finally {
    await redis.eval(RELEASE, 1, key, token);
  }
}
