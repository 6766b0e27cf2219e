import { cutText, type OrderRef, withoutSecrets } from '@fulfillment/shared';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import type { RedisKeys } from '../redis/keys.ts';
import { readStored } from '../redis/stored-json.ts';
import { defineCommands } from './commands.ts';

/** An order keeps so much of its last lines, in bytes. */
const MOST_BYTES = 32_000;
/** They are kept this long after the last one, in ms. */
const KEPT_MS = 30 * 24 * 3_600_000;
/** In UTF-16 units. */
const LONGEST_TEXT = 1000;

const lineSchema = z.object({
  /** In ms since the epoch. */
  at: z.number(),
  level: z.enum(['info', 'warn', 'error']),
  handler: z.string(),
  round: z.string(),
  message: z.string(),
  /** The fields of the line as JSON. Empty: there are none. */
  fields: z.string(),
});

/** A line that a handler logged about an order. */
export type HandlerLine = z.infer<typeof lineSchema>;

/**
 * The last lines that handlers logged about an order, for the order's page. Warnings and errors are
 * kept longest. The lines are copies: the log of the worker has all of them.
 */
export class HandlerLines {
  readonly #redis: Redis;
  readonly #keys: RedisKeys;

  constructor(redis: Redis, keys: RedisKeys) {
    this.#redis = redis;
    this.#keys = keys;
    defineCommands(redis);
  }

  async add(ref: OrderRef, ...lines: HandlerLine[]): Promise<void> {
    if (lines.length === 0) return;
    const shown = lines.map((line) =>
      JSON.stringify({ ...line, message: shownText(line.message), fields: shownText(line.fields) }),
    );
    const key = this.#keys.handlerLines(ref);
    await this.#redis.addHandlerLines(key, MOST_BYTES, KEPT_MS, JSON.stringify(shown));
  }

  /** The lines of an order, the oldest first. Damaged lines are left out. */
  async list(ref: OrderRef): Promise<HandlerLine[]> {
    const lines = await this.#redis.lrange(this.#keys.handlerLines(ref), 0, -1);
    return lines.flatMap((text) => readStored(lineSchema, text) ?? []);
  }
}

function shownText(text: string): string {
  return cutText(withoutSecrets(text), LONGEST_TEXT);
}
