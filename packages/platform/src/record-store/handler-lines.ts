import { cutText, type OrderRef, withoutSecrets } from '@fulfillment/shared';
import type { Redis } from 'ioredis';
import type { RedisKeys } from '../redis/keys.ts';

/** An order keeps so many of its last lines. */
const MOST_LINES = 200;
/** They are kept this long after the last one, in ms. */
const KEPT_MS = 30 * 24 * 3_600_000;
/** In UTF-16 units. */
const LONGEST_TEXT = 1000;

/** A line that a handler logged about an order. */
export interface HandlerLine {
  /** In ms since the epoch. */
  at: number;
  level: 'info' | 'warn' | 'error';
  handler: string;
  round: string;
  message: string;
  /** The fields of the line as JSON. Empty: there are none. */
  fields: string;
}

/**
 * The last lines that handlers logged about an order, for the order's page. They are copies: the
 * log of the worker has all lines.
 */
export class HandlerLines {
  readonly #redis: Redis;
  readonly #keys: RedisKeys;

  constructor(redis: Redis, keys: RedisKeys) {
    this.#redis = redis;
    this.#keys = keys;
  }

  async add(ref: OrderRef, line: HandlerLine): Promise<void> {
    const key = this.#keys.handlerLines(ref);
    const shown = { ...line, message: shownText(line.message), fields: shownText(line.fields) };
    await this.#redis
      .multi()
      .rpush(key, JSON.stringify(shown))
      .ltrim(key, -MOST_LINES, -1)
      .pexpire(key, KEPT_MS)
      .exec();
  }

  /** The lines of an order, the oldest first. */
  async list(ref: OrderRef): Promise<HandlerLine[]> {
    const lines = await this.#redis.lrange(this.#keys.handlerLines(ref), 0, -1);
    return lines.map((text) => JSON.parse(text) as HandlerLine);
  }
}

function shownText(text: string): string {
  return cutText(withoutSecrets(text), LONGEST_TEXT);
}
