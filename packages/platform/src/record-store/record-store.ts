import {
  type Decision,
  type Fact,
  factKey,
  factSchema,
  type OrderRecord,
  type OrderRef,
  type OrderSnapshot,
  outlivedFacts,
  type SoldService,
} from '@fulfillment/shared';
import type { Redis } from 'ioredis';
import { member, type RedisKeys, refOf } from '../redis/keys.ts';
import { permanent } from '../telemetry/failures.ts';
import { type AppendKeys, defineCommands, type ObserveKeys, type StoredRecord } from './commands.ts';
import { type OrderSummary, readSummary, summarise } from './order-summary.ts';
import { readRecord, readSnapshot } from './read-record.ts';

/** What the marketplace showed of an order, and when it was asked. */
export interface Observation {
  snapshot: OrderSnapshot;
  /** By Redis' clock (`RecordStore.now`), taken before the marketplace was asked, in ms. */
  askedAt: number;
  via: 'poll' | 'read';
  /** The record's hints before the marketplace was asked; null when they were not looked at. */
  hintsAnswered: number | null;
}

/** A record as it stood at a time. */
export interface LoadedRecord extends OrderRecord {
  /** When it was loaded, by Redis' clock, in ms: the time to decide by. */
  loadedAt: number;
}

/** So many orders in attention are read for a count. */
const MOST_COUNTED = 1000;

/** The records of all orders, in Redis. See `docs/architecture.md` for the keys. */
export class RecordStore {
  readonly #redis: Redis;
  readonly #keys: RedisKeys;

  constructor(redis: Redis, keys: RedisKeys) {
    this.#redis = redis;
    this.#keys = keys;
    defineCommands(redis);
  }

  /** Redis' clock, in ms: the clock of all facts. */
  async now(): Promise<number> {
    const [seconds, micros] = await this.#redis.time();
    return Number(seconds) * 1000 + Math.floor(Number(micros) / 1000);
  }

  /** Writes facts; creates the record when it is new. @returns how many of the facts were new. */
  async append(ref: OrderRef, facts: Fact[]): Promise<number> {
    return this.#redis.appendFacts(...this.#appendArguments(ref, facts, false));
  }

  /** Writes facts; creates the record when it is new. @returns the record with them. */
  async appendAndLoad(ref: OrderRef, facts: Fact[]): Promise<LoadedRecord> {
    const stored = await this.#redis.appendFactsAndLoad(...this.#appendArguments(ref, facts, false));
    return mustLoad(ref, stored);
  }

  /** Writes facts, and notes that the order may have changed on the marketplace: it is read again before the next step. */
  async hint(ref: OrderRef, facts: Fact[]): Promise<number> {
    return this.#redis.appendFacts(...this.#appendArguments(ref, facts, true));
  }

  #appendArguments(ref: OrderRef, facts: Fact[], hint: boolean): [...AppendKeys, ...string[]] {
    const args = [ref.agentId, ref.orderId, member(ref), hint ? '1' : '0', ...factArguments(facts)];
    return [...this.#keysOf(ref), ...args];
  }

  /** Stores what the marketplace showed, unless something newer is stored. @returns whether the status changed. */
  async observe(ref: OrderRef, observation: Observation): Promise<boolean> {
    return (await this.#redis.observeOrder(...this.#observeArguments(ref, observation))) === 1;
  }

  /** As `observe`. @returns the record with it, too. */
  async observeAndLoad(
    ref: OrderRef,
    observation: Observation,
  ): Promise<{ changed: boolean; record: LoadedRecord }> {
    const [changed, stored] = await this.#redis.observeOrderAndLoad(
      ...this.#observeArguments(ref, observation),
    );
    return { changed: changed === 1, record: mustLoad(ref, stored) };
  }

  #observeArguments(ref: OrderRef, observation: Observation): [...ObserveKeys, ...string[]] {
    const { snapshot, via } = observation;
    const status = snapshot.rawStatus;
    const seen: Fact = { type: 'seen', status, revisionCount: snapshot.revisionCount, via };
    return [
      ...this.#keysOf(ref),
      this.#keys.changes,
      this.#keys.services(ref.agentId),
      ref.agentId,
      ref.orderId,
      member(ref),
      String(observation.askedAt),
      String(observation.hintsAnswered ?? ''),
      JSON.stringify(snapshot),
      snapshot.serviceId ?? '',
      `${status}:${snapshot.revisionCount}`,
      via === 'read' ? '1' : '0',
      ...factArguments([seen]),
    ];
  }

  /** Keeps the order's service with its record. @returns the record with it, or null when the order was forgotten. */
  async noteService(ref: OrderRef, service: SoldService): Promise<LoadedRecord | null> {
    return loaded(ref, await this.#redis.noteService(this.#keys.record(ref), JSON.stringify(service)));
  }

  /** @returns the record, or null when we never heard of the order. */
  async load(ref: OrderRef): Promise<LoadedRecord | null> {
    return loaded(ref, await this.#redis.loadRecord(this.#keys.record(ref)));
  }

  /** The last snapshots of many orders, in their order; null where there is none. */
  async snapshots(refs: readonly OrderRef[]): Promise<(OrderSnapshot | null)[]> {
    return this.#hashFields(refs, 'snapshot', (text) => readSnapshot(text));
  }

  /**
   * Notes what was decided: what lists show, when to look again, whether a human is waited for. What was decided from an older
   * record than what is noted already is left out.
   */
  async settle(record: LoadedRecord, decision: Decision): Promise<void> {
    const ref = { agentId: record.agentId, orderId: record.orderId };
    // A decision that still wants the order read leaves a hint unanswered that it knew of.
    const hintsSettled = decision.readOrder ? -1 : record.hints;
    await this.#redis.settleOrder(
      this.#keys.record(ref),
      this.#keys.open,
      this.#keys.attention,
      this.#keys.finished,
      member(ref),
      String(hintsSettled),
      String(decision.lookAgainAt ?? ''),
      decision.attention.length > 0 ? '1' : '0',
      JSON.stringify(summarise(record, decision)),
      String(record.loadedAt),
      String(record.facts.length),
      String(record.observedAt),
    );
  }

  /** Lets go of what a record that stays open for long needs no more. */
  async trim(record: OrderRecord): Promise<void> {
    const fields = outlivedFacts(record).map((fact) => `fact:${factKey(fact)}`);
    if (fields.length > 0) await this.#redis.hdel(this.#keys.record(record), ...fields);
  }

  /** Unfinished orders whose time to be looked at has come, the longest due first; each is put off by `putOffMs`. */
  async takeDue(limit: number, putOffMs: number): Promise<OrderRef[]> {
    const now = await this.now();
    const due = await this.#redis.zrange(this.#keys.open, '-inf', now, 'BYSCORE', 'LIMIT', 0, limit);
    if (due.length === 0) return [];
    const putOff = due.flatMap((name) => [now + putOffMs, name]);
    await this.#redis.zadd(this.#keys.open, 'XX', ...putOff);
    return due.map(refOf);
  }

  /**
   * Forgets orders that have been finished for longer than `ageMs`, and that no human is waited for. From then on they are left behind,
   * until their files are removed.
   * @returns those that are gone, `limit` at most.
   */
  async forgetFinished(ageMs: number, limit: number): Promise<OrderRef[]> {
    const { finished, orders, open, attention, leftBehind } = this.#keys;
    const until = (await this.now()) - ageMs;
    const names = await this.#redis.zrange(finished, '-inf', until, 'BYSCORE', 'LIMIT', 0, limit);
    const forgotten: OrderRef[] = [];
    for (const name of names) {
      const ref = refOf(name);
      const record = this.#keys.record(ref);
      if (
        (await this.#redis.forgetOrder(record, orders, open, attention, finished, leftBehind, name)) === 1
      ) {
        forgotten.push(ref);
      }
    }
    return forgotten;
  }

  /** Forgotten orders whose files are still to be removed, `limit` at most, in no order: one that cannot be removed holds up no other. */
  async leftBehind(limit: number): Promise<OrderRef[]> {
    return (await this.#redis.srandmember(this.#keys.leftBehind, limit)).map(refOf);
  }

  /** Nothing is left of a forgotten order. */
  async allRemoved(ref: OrderRef): Promise<void> {
    await this.#redis.srem(this.#keys.leftBehind, member(ref));
  }

  /** Summaries of orders, the newest first. */
  async list(which: 'all' | 'open' | 'attention', offset: number, limit: number): Promise<OrderSummary[]> {
    const key = { all: this.#keys.orders, open: this.#keys.open, attention: this.#keys.attention }[which];
    const names = await this.#redis.zrange(key, offset, offset + limit - 1, 'REV');
    const refs = names.map(refOf);
    return this.#hashFields(refs, 'summary', (text, ref) => readSummary(text, ref));
  }

  /** How many orders wait for a human alone, and are due soon: of the last thousand that came to wait. */
  async urgentCount(): Promise<number> {
    const waiting = await this.list('attention', 0, MOST_COUNTED);
    return waiting.filter(({ attention }) => attention.some(({ isUrgent }) => isUrgent === true)).length;
  }

  /** How many orders there are, are unfinished, and wait for a human. */
  async counts(): Promise<{ all: number; open: number; attention: number }> {
    const [all, open, attention] = await Promise.all([
      this.#redis.zcard(this.#keys.orders),
      this.#redis.zcard(this.#keys.open),
      this.#redis.zcard(this.#keys.attention),
    ]);
    return { all, open, attention };
  }

  async #hashFields<T>(
    refs: readonly OrderRef[],
    field: string,
    read: (text: string | null, ref: OrderRef) => T,
  ): Promise<T[]> {
    if (refs.length === 0) return [];
    const pipeline = this.#redis.pipeline();
    for (const ref of refs) pipeline.hget(this.#keys.record(ref), field);
    const answers = (await pipeline.exec()) ?? [];
    return refs.map((ref, index) => {
      const [error, value] = answers[index] ?? [null, null];
      if (error) throw error;
      return read(typeof value === 'string' ? value : null, ref);
    });
  }

  #keysOf(ref: OrderRef): AppendKeys {
    return [this.#keys.record(ref), this.#keys.orders, this.#keys.open];
  }
}

function loaded(ref: OrderRef, [time, stored]: StoredRecord): LoadedRecord | null {
  const fields: Record<string, string> = {};
  for (let place = 0; place < stored.length; place += 2)
    fields[stored[place] ?? ''] = stored[place + 1] ?? '';
  const record = readRecord(ref, fields);
  return record && { ...record, loadedAt: Number(time) };
}

/** For a record that was just written to. */
function mustLoad(ref: OrderRef, stored: StoredRecord): LoadedRecord {
  const record = loaded(ref, stored);
  if (record === null)
    throw new Error(`The record of order ${ref.orderId} is not there after it was written.`);
  return record;
}

/** @throws StepError (permanent) for a fact that would not read back: its step would be asked for again without end. */
function factArguments(facts: Fact[]): string[] {
  return facts.flatMap((fact) => {
    const valid = factSchema.safeParse(fact);
    if (valid.success) return [factKey(fact), JSON.stringify(fact)];
    const problem = valid.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
    throw permanent(`The fact "${fact.type}" cannot be written down: ${problem}`, valid.error);
  });
}
