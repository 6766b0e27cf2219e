import type { Redis } from 'ioredis';
import { elapsedSince, type Instant, thisInstant } from './instant.ts';

/**
 * How often a holder checks that Redis still has its lock, in ms. After Redis lost everything, a
 * poll or a webhook brings an order back. With a fast handler the next delivery is due within
 * 200 ms, and the lock must be back before.
 */
const CHECK_MS = 50;

/** A moment by the clock of Redis and by those of this machine. */
export interface Moment {
  /** By Redis' clock, in ms since the epoch. */
  redisTime: number;
  /**
   * Before Redis was asked for its time. The answer may be read much later, if this process was
   * frozen meanwhile.
   */
  askedAt: Instant;
}

/** A lock as its holder knows it. */
export interface HeldLock {
  /** The lock lasts `ms` from a moment on. */
  lasts(from: Moment, ms: number): void;
  /**
   * The lock stays for `ms` from now, under another value, even after the holder's work has ended.
   * @returns its end by Redis' clock, in ms since the epoch. Never too early.
   */
  outlives(value: string, ms: number): number;
  /** The holder's work has ended. */
  end(): void;
}

/** @returns the moment that a script names, or null if the script did nothing. */
export async function askTime(ask: () => Promise<number | null>): Promise<Moment | null> {
  const askedAt = thisInstant();
  const redisTime = await ask();
  return redisTime === null ? null : { redisTime, askedAt };
}

/**
 * Sets a lock again when Redis has lost it. A Redis that comes back empty has no locks, while the
 * call that a lock protects may still take effect. Without the lock, a rediscovered order would be
 * delivered a second time.
 *
 * The lock never lasts longer than its holder was granted, because it is set again with its end by
 * Redis' clock. While a connection is away, commands wait in this process. When they arrive at
 * last, the lock may have ended, and another process may have done the work.
 */
export function holdLock(
  redis: Redis,
  key: string,
  { token, from, ms }: { token: string; from: Moment; ms: number },
): HeldLock {
  let value = token;
  let latest = from;
  let endsAt = from.redisTime + ms;
  let isKept = false;
  let isAsking = false;
  let timer: NodeJS.Timeout | undefined;
  /** Redis' time now, or a later time if its last answer took long. */
  const redisNow = () => latest.redisTime + elapsedSince(latest.askedAt);
  const stop = (): void => {
    clearInterval(timer);
    timer = undefined;
  };
  const check = async (): Promise<void> => {
    if (endsAt - redisNow() <= CHECK_MS) {
      stop();
      return;
    }
    if (isAsking) return;
    isAsking = true;
    // While Redis is away the next check tries again.
    await redis.set(key, value, 'PXAT', Math.floor(endsAt), 'NX').catch(() => undefined);
    isAsking = false;
  };
  // The checks end shortly before the lock expires. They must restart if the lock is extended after
  // that.
  const start = (): void => {
    timer ??= setInterval(() => void check(), CHECK_MS).unref();
  };
  start();
  return {
    lasts(moment, more) {
      latest = moment;
      endsAt = moment.redisTime + more;
      start();
    },
    outlives(other, more) {
      value = other;
      endsAt = Math.ceil(redisNow() + more);
      isKept = true;
      start();
      return endsAt;
    },
    end() {
      if (!isKept) stop();
    },
  };
}
