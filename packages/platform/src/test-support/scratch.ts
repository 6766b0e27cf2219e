import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { OrderRef } from '@fulfillment/shared';
import { Redis } from 'ioredis';
import { type RedisKeys, redisKeys } from '../redis/keys.ts';
import { createLogger, type Logger } from '../telemetry/logger.ts';

/** A separate key space in a real Redis, and a readable log. */
export interface Scratch extends AsyncDisposable {
  url: string;
  prefix: string;
  redis: Redis;
  keys: RedisKeys;
  log: Logger;
  /** Every logged line. */
  lines: Record<string, unknown>[];
}

export function redisUrl(): string {
  const url = process.env.REDIS_URL;
  if (url === undefined || url === '') throw new Error('Set REDIS_URL to a Redis that tests may use.');
  return url;
}

export async function openScratch(): Promise<Scratch> {
  const url = redisUrl();
  const prefix = `test-${randomUUID()}`;
  const redis = new Redis(url, { maxRetriesPerRequest: null });
  const { log, lines } = openLog();
  return {
    url,
    prefix,
    redis,
    keys: redisKeys(prefix),
    log,
    lines,
    async [Symbol.asyncDispose]() {
      for await (const keys of redis.scanStream({ match: `${prefix}*`, count: 1000 })) {
        if (keys.length > 0) await redis.del(keys);
      }
      redis.disconnect();
    },
  };
}

/** A logger that keeps its lines. */
export function openLog(level = 'trace'): { log: Logger; lines: Record<string, unknown>[]; texts: string[] } {
  const lines: Record<string, unknown>[] = [];
  const texts: string[] = [];
  const destination = {
    write(text: string): void {
      texts.push(text);
      lines.push(JSON.parse(text));
    },
  };
  return { log: createLogger('test', level, destination), lines, texts };
}

/** A different order each time. */
export function newOrder(agentId = 'agt_1'): OrderRef {
  return { agentId, orderId: `ord_${randomUUID()}` };
}

/** Waits for a condition. A time-out names the condition. */
export async function until<T>(
  what: string,
  probe: () => T | Promise<T>,
  ms = 30_000,
): Promise<NonNullable<T>> {
  const end = performance.now() + ms;
  for (;;) {
    const value = await probe();
    if (value !== null && value !== undefined && value !== false) return value;
    if (performance.now() > end) throw new Error(`Waited ${ms} ms for ${what}.`);
    await delay(5);
  }
}

/** A promise and the functions that settle it. */
export function gate(): { opened: Promise<void>; open: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { opened: promise, open: () => resolve() };
}
