import { setTimeout as delay } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import type { RedisKeys } from '../redis/keys.ts';
import { withLock } from '../redis/lock/lock.ts';
import { classify } from '../telemetry/failures.ts';
import type { Logger } from '../telemetry/logger.ts';
import { type AttentionEvent, AttentionEvents } from './attention-events.ts';

/** How often a subscriber looks for events, in ms. */
const INTERVAL_MS = 1000;
const EVENTS_PER_READ = 100;
/** A process that dies while it handles an event blocks the others for this long, in ms. */
const LOCK_MS = 60_000;
/** How long the extension of the lock may take, in ms. */
const EXTENSION_MS = 10_000;

interface SubscriptionDependencies {
  redis: Redis;
  keys: RedisKeys;
  log: Logger;
}

export interface Subscription {
  /** Identifies the subscriber across processes and restarts. */
  subscriber: string;
  /**
   * Handles one event. It must end within a minute. If it throws, or its process dies, the same
   * event comes again before any later event.
   */
  handle: (event: AttentionEvent) => Promise<void>;
  /** Ends the subscription. */
  signal: AbortSignal;
}

/**
 * Hands over each attention that opens or closes, in order and one at a time. Many processes may
 * subscribe under the same name: each event goes to one of them. An event is repeated only if its
 * handling did not end in good order.
 * @returns when `signal` aborts, after the event in hand.
 */
export async function subscribeAttention(
  dependencies: SubscriptionDependencies,
  subscription: Subscription,
): Promise<void> {
  const { subscriber, signal } = subscription;
  while (!signal.aborted) {
    try {
      if (await handOver(dependencies, subscription)) continue;
    } catch (error) {
      const { kind, reason } = classify(error);
      // A throttled subscriber waits for another process of the same name.
      const level = kind === 'throttled' ? 'debug' : 'warn';
      dependencies.log[level]({ subscriber, reason }, 'attention events wait: retrying');
    }
    await delay(INTERVAL_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** @returns whether there were any events. */
async function handOver(
  { redis, keys }: SubscriptionDependencies,
  { subscriber, handle, signal }: Subscription,
): Promise<boolean> {
  const events = new AttentionEvents(redis, keys);
  return withLock({ redis, keys }, { name: `attention:${subscriber}`, ttlMs: LOCK_MS }, async (lock) => {
    const next = await events.next(subscriber, EVENTS_PER_READ);
    for (const event of next) {
      if (signal.aborted) return true;
      await lock.extend(LOCK_MS, EXTENSION_MS);
      await handle(event);
      await events.confirm(subscriber, event);
    }
    return next.length > 0;
  });
}
