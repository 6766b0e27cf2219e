import {
  type Attention,
  parseSubjectName,
  readAttention,
  type SubjectRef,
  type UnclassifiedAttention,
} from '@fulfillment/shared';
import type { Redis } from 'ioredis';
import { parsed } from '../record-store/read-record.ts';
import type { RedisKeys } from '../redis/keys.ts';

/**
 * The stream keeps about this many events. A subscriber that falls further behind misses the
 * oldest ones. The list of orders that wait for a human stays complete.
 */
export const MOST_ATTENTION_EVENTS = 10_000;

/** An order, or another subject, came to wait for a human, or no longer waits for this reason. */
export interface AttentionEvent {
  /** Ids grow with time. */
  id: string;
  event: 'opened' | 'closed';
  subject: SubjectRef;
  /** The attention as it was last stored. The text may quote the buyer, so it is untrusted. */
  attention: Attention | UnclassifiedAttention;
  /** By Redis' clock, in ms since the epoch. */
  at: number;
}

/**
 * The attentions that opened and closed, in order. `RecordStore.settle` writes one event per
 * change, in the same script as the decision. An attention that closes and opens again has two
 * `opened` events.
 */
export class AttentionEvents {
  readonly #redis: Redis;
  readonly #keys: RedisKeys;

  constructor(redis: Redis, keys: RedisKeys) {
    this.#redis = redis;
    this.#keys = keys;
  }

  /**
   * The next events for a subscriber, the oldest first. They come again until `confirm`. A new
   * subscriber starts with the oldest event that Redis has.
   */
  async next(subscriber: string, limit: number): Promise<AttentionEvent[]> {
    let last = await this.#redis.hget(this.#keys.attentionCursors, subscriber);
    for (;;) {
      const start = last === null ? '-' : `(${last}`;
      const entries = await this.#redis.xrange(this.#keys.attentionEvents, start, '+', 'COUNT', limit);
      const events = entries.flatMap(([id, fields]) => readEvent(id, fields));
      // A page may hold only damaged entries.
      if (events.length > 0 || entries.length < limit) return events;
      last = entries.at(-1)?.[0] ?? last;
    }
  }

  /** Records that a subscriber has handled an event, and all events before it. */
  async confirm(subscriber: string, { id }: Pick<AttentionEvent, 'id'>): Promise<void> {
    await this.#redis.hset(this.#keys.attentionCursors, subscriber, id);
  }
}

/** One event, or an empty list if the entry is damaged. */
function readEvent(id: string, fields: readonly string[]): AttentionEvent[] {
  const values = new Map<string, string>();
  for (let place = 0; place < fields.length; place += 2)
    values.set(fields[place] ?? '', fields[place + 1] ?? '');
  const event = values.get('event');
  const attention = readAttention(parsed(values.get('attention')));
  const subject = parseSubjectName(values.get('subject') ?? '');
  if ((event !== 'opened' && event !== 'closed') || attention === null || subject === null) return [];
  const at = Number(id.split('-')[0]);
  return [{ id, event, subject, attention, at }];
}
