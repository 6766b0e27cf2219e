import type { Redis } from 'ioredis';
import type { RedisKeys } from '../redis/keys.ts';

/** The log keeps about this many entries. */
const MOST_ENTRIES = 10_000;

/** What an operator does that changes no order. The facts of orders hold the rest. */
export const AUDITED_ACTIONS = [
  'pause_queue',
  'resume_queue',
  'acknowledge_alert',
  'test_alert',
  'mute_alert',
  'unmute_alert',
  'pause_work',
  'resume_work',
  'bulk_action',
  'read_order',
  'save_view',
  'remove_view',
] as const;
type AuditedAction = (typeof AUDITED_ACTIONS)[number];

export interface AuditEntry {
  /** In ms since the epoch, by Redis' clock. */
  at: number;
  /** The operator's name. */
  by: string;
  action: AuditedAction;
  /** What the action concerns, such as `handler copy`. */
  subject: string;
}

/** The actions of operators on the system, in a bounded stream in Redis. */
export class AuditLog {
  readonly #redis: Redis;
  readonly #keys: RedisKeys;

  constructor(redis: Redis, keys: RedisKeys) {
    this.#redis = redis;
    this.#keys = keys;
  }

  /** Writes an action. Call this function before the action, so that none is done unseen. */
  async write({ by, action, subject }: Omit<AuditEntry, 'at'>): Promise<void> {
    const { audit, auditOperators } = this.#keys;
    const fields = ['by', by, 'action', action, 'subject', subject];
    const id = await this.#redis.xadd(audit, 'MAXLEN', '~', MOST_ENTRIES, '*', ...fields);
    await this.#redis.zadd(auditOperators, timeOf(id ?? ''), by);
  }

  /** Everybody with an entry that the log still keeps. */
  async operators(): Promise<string[]> {
    const [oldest] = await this.#redis.xrange(this.#keys.audit, '-', '+', 'COUNT', 1);
    if (oldest === undefined) return [];
    return this.#redis.zrange(this.#keys.auditOperators, timeOf(oldest[0]), '+inf', 'BYSCORE');
  }

  /**
   * The entries before a time, the newest first.
   * @param before in ms since the epoch, exclusive.
   */
  async *newest(before: number): AsyncGenerator<AuditEntry> {
    let end = String(Math.max(0, before - 1));
    for (;;) {
      const entries = await this.#redis.xrevrange(this.#keys.audit, end, '-', 'COUNT', 200);
      for (const [id, fields] of entries) yield* readEntry(id, fields);
      const last = entries.at(-1)?.[0];
      if (last === undefined) return;
      end = `(${last}`;
    }
  }
}

/** The time in an entry's id, in ms since the epoch. */
function timeOf(id: string): number {
  return Number(id.split('-')[0]);
}

/** An entry of another version, with an action that this one does not know, is left out. */
function readEntry(id: string, fields: readonly string[]): AuditEntry[] {
  const pairs = fields.flatMap((name, at) => (at % 2 === 0 ? [[name, fields[at + 1]] as const] : []));
  const { by = '', subject = '', ...stored } = Object.fromEntries(pairs);
  const action = AUDITED_ACTIONS.find((known) => known === stored.action);
  return action === undefined ? [] : [{ at: timeOf(id), by, action, subject }];
}
