import type { Redis } from 'ioredis';

/**
 * How often a holder checks that Redis still has its lock, in ms. After Redis lost everything, a
 * poll or a webhook brings an order back. With a fast handler the next delivery is due within
 * 200 ms, and the lock must be back before.
 */
const CHECK_MS = 50;

/** A lock as its holder knows it. */
export interface HeldLock {
  /** The lock lasts `ms` from now. */
  lasts(ms: number): void;
  /**
   * The lock stays for `ms` from now, under another value, even after the holder's work has ended.
   */
  outlives(value: string, ms: number): void;
  /** The holder's work has ended. */
  end(): void;
}

/**
 * Sets a lock again when Redis has lost it. A Redis that comes back empty has no locks, while the
 * call that a lock protects may still take effect. Without the lock, a rediscovered order would be
 * delivered a second time.
 */
export function holdLock(redis: Redis, key: string, { token, ms }: { token: string; ms: number }): HeldLock {
  let value = token;
  let until = performance.now() + ms;
  let isKept = false;
  let timer: NodeJS.Timeout | undefined;
  const stop = (): void => {
    clearInterval(timer);
    timer = undefined;
  };
  const check = (): void => {
    const left = Math.floor(until - performance.now());
    if (left <= CHECK_MS) {
      stop();
      return;
    }
    // While Redis is away the next check tries again.
    redis.set(key, value, 'PX', left, 'NX').catch(() => undefined);
  };
  // The checks end shortly before the lock expires. They must restart if the lock is extended after
  // that.
  const start = (): void => {
    timer ??= setInterval(check, CHECK_MS).unref();
  };
  start();
  return {
    lasts(more) {
      until = performance.now() + more;
      start();
    },
    outlives(other, more) {
      value = other;
      until = performance.now() + more;
      isKept = true;
      start();
    },
    end() {
      if (!isKept) stop();
    },
  };
}
