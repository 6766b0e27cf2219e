import { defineScripts, type RedisKeys, readScripts } from '@fulfillment/platform';
import type { Redis, Result } from 'ioredis';
import { z } from 'zod';
import { type Alert, alertSchema } from '../evaluate/alert.ts';
import type { Evaluation } from '../evaluate/evaluate.ts';
import type { OutgoingMessage } from '../evaluate/outgoing-message.ts';

declare module 'ioredis' {
  interface RedisCommander<Context> {
    saveAlerts(
      alerts: string,
      outbox: string,
      before: string,
      after: string,
      messages: string,
    ): Result<number, Context>;
  }
}

const SCRIPTS = readScripts(new URL('./lua/', import.meta.url));

/** A message that is not sent yet. Times in ms since the epoch. */
export interface OutboxEntry extends OutgoingMessage {
  createdAt: number;
  /** Failed attempts. */
  tries: number;
  /** When the next attempt is due. */
  nextAt: number;
  /** Why the last attempt failed. Null: there was none. */
  reason: string | null;
}

/** The result of a message. */
export interface SentAlert {
  at: number;
  channel: string;
  title: string;
  state: string;
  /** Null: the channel took it. Otherwise the reason why it was given up. */
  failure: string | null;
  tries: number;
}

const acknowledgementSchema = z.object({ by: z.string(), at: z.number(), openedAt: z.number() });
const muteSchema = z.object({
  part: z.enum(['kind', 'handler', 'agent']),
  id: z.string(),
  by: z.string(),
  until: z.number(),
});
/** Alerts that send no messages until a time, in ms since the epoch. */
export type Mute = z.infer<typeof muteSchema>;
export const MUTABLE = muteSchema.shape.part.options;

/** The list of results keeps about so many. */
const HISTORY = 300;

/** The open alerts and their messages, in Redis. */
export class AlertStore {
  readonly #redis: Redis;
  readonly #keys: RedisKeys;

  constructor(redis: Redis, keys: RedisKeys) {
    this.#redis = redis;
    this.#keys = keys;
    defineScripts(redis, SCRIPTS);
  }

  /** Whether this process takes the turn. The next turn begins after `ms`. */
  async takeTurn(what: string, ms: number): Promise<boolean> {
    return (await this.#redis.set(this.#keys.alertTurn(what), '1', 'PX', ms, 'NX')) === 'OK';
  }

  /** Extends the turn to `ms` from now. */
  async keepTurn(what: string, ms: number): Promise<void> {
    await this.#redis.set(this.#keys.alertTurn(what), '1', 'PX', ms);
  }

  /** The open alerts, with their acknowledgements, and the text that `save` compares. */
  async read(): Promise<{ alerts: Alert[]; text: string }> {
    const [text, acknowledged] = await Promise.all([
      this.#redis.get(this.#keys.alerts),
      this.#redis.hgetall(this.#keys.alertAcknowledgements),
    ]);
    const stored: unknown[] = text === null ? [] : z.array(z.unknown()).parse(JSON.parse(text));
    // Another version may have stored an alert in another form. That alert opens again.
    const known = stored.flatMap((alert) => alertSchema.safeParse(alert).data ?? []);
    return {
      text: text ?? '',
      alerts: known.map((alert) => {
        const stored = acknowledged[alert.alert];
        if (stored === undefined) return alert;
        const { by, at, openedAt } = acknowledgementSchema.parse(JSON.parse(stored));
        return openedAt === alert.openedAt ? { ...alert, acknowledged: { by, at } } : alert;
      }),
    };
  }

  /**
   * Stores an evaluation with its messages.
   * @param before the text that `read` returned.
   * @returns false if another evaluation came between. Nothing is stored then.
   */
  async save(before: string, { alerts, messages }: Evaluation, now: number): Promise<boolean> {
    const pairs = messages.map((outgoing): [string, string] => {
      const entry: OutboxEntry = { ...outgoing, createdAt: now, tries: 0, nextAt: now, reason: null };
      return [outgoing.message.id, JSON.stringify(entry)];
    });
    const saved = await this.#redis.saveAlerts(
      this.#keys.alerts,
      this.#keys.alertOutbox,
      before,
      JSON.stringify(alerts),
      JSON.stringify(pairs),
    );
    if (saved === 1) await this.#forgetAcknowledgements(alerts);
    return saved === 1;
  }

  /** An alert that is over needs no acknowledgement. */
  async #forgetAcknowledgements(alerts: readonly Alert[]): Promise<void> {
    const names = await this.#redis.hkeys(this.#keys.alertAcknowledgements);
    const over = names.filter((name) => alerts.every(({ alert }) => alert !== name));
    if (over.length > 0) await this.#redis.hdel(this.#keys.alertAcknowledgements, ...over);
  }

  /**
   * Acknowledges an open alert.
   * @param openedAt of the alert, in ms since the epoch. A link may be older than the alert.
   * @returns `over` if the alert is no longer open, and `again` if it was acknowledged before.
   */
  async acknowledge(name: string, openedAt: number, by: string): Promise<'acknowledged' | 'again' | 'over'> {
    const { alerts } = await this.read();
    const alert = alerts.find((one) => one.alert === name && one.openedAt === openedAt);
    if (alert === undefined) return 'over';
    if (alert.acknowledged !== null) return 'again';
    const text = JSON.stringify({ by, at: Date.now(), openedAt });
    await this.#redis.hset(this.#keys.alertAcknowledgements, name, text);
    return 'acknowledged';
  }

  /** The messages that are not sent yet. */
  async outbox(): Promise<OutboxEntry[]> {
    const entries = await this.#redis.hvals(this.#keys.alertOutbox);
    return entries
      .map((text) => JSON.parse(text) as OutboxEntry)
      .toSorted((a, b) => a.createdAt - b.createdAt);
  }

  /** Adds a message, such as a test. */
  async add(outgoing: OutgoingMessage): Promise<void> {
    const now = Date.now();
    const entry: OutboxEntry = { ...outgoing, createdAt: now, tries: 0, nextAt: now, reason: null };
    await this.#redis.hsetnx(this.#keys.alertOutbox, outgoing.message.id, JSON.stringify(entry));
  }

  /** Claims a message for `ms`, so that no other process sends it meanwhile. */
  async claim({ message }: OutboxEntry, ms: number): Promise<boolean> {
    return (await this.#redis.set(this.#keys.alertSending(message.id), '1', 'PX', ms, 'NX')) === 'OK';
  }

  /** Ends a claim without a change of the message. */
  async release({ message }: OutboxEntry): Promise<void> {
    await this.#redis.del(this.#keys.alertSending(message.id));
  }

  /** A message that is not sent yet. Null: it is done. */
  async entry(id: string): Promise<OutboxEntry | null> {
    const text = await this.#redis.hget(this.#keys.alertOutbox, id);
    return text === null ? null : (JSON.parse(text) as OutboxEntry);
  }

  /** Removes a message, and keeps its result. */
  async finish(entry: OutboxEntry, result: SentAlert): Promise<void> {
    await this.#redis
      .multi()
      .hdel(this.#keys.alertOutbox, entry.message.id)
      .lpush(this.#keys.alertHistory, JSON.stringify(result))
      .ltrim(this.#keys.alertHistory, 0, HISTORY - 1)
      .del(this.#keys.alertSending(entry.message.id))
      .exec();
  }

  /** Keeps a message for a later attempt. */
  async putOff(entry: OutboxEntry): Promise<void> {
    await this.#redis
      .multi()
      .hset(this.#keys.alertOutbox, entry.message.id, JSON.stringify(entry))
      .del(this.#keys.alertSending(entry.message.id))
      .exec();
  }

  /** The last results, the newest first. */
  async history(): Promise<SentAlert[]> {
    const found = await this.#redis.lrange(this.#keys.alertHistory, 0, HISTORY - 1);
    return found.map((text) => JSON.parse(text) as SentAlert);
  }

  /** Mutes a kind, a handler or an agent. */
  async mute(mute: Mute): Promise<void> {
    await this.#redis.hset(this.#keys.alertMutes, `${mute.part}:${mute.id}`, JSON.stringify(mute));
  }

  async unmute({ part, id }: Pick<Mute, 'part' | 'id'>): Promise<void> {
    await this.#redis.hdel(this.#keys.alertMutes, `${part}:${id}`);
  }

  /** The mutes that last. */
  async mutes(): Promise<Mute[]> {
    const stored = await this.#redis.hvals(this.#keys.alertMutes);
    const mutes = stored.map((text) => muteSchema.parse(JSON.parse(text)));
    return mutes.filter(({ until }) => until > Date.now());
  }
}
