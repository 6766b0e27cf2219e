import {
  type Decision,
  type Fact,
  factKey,
  type OrderRecord,
  type OrderRef,
  type OrderSnapshot,
  outlivedFacts,
  type SoldService,
  subjectName,
} from '@fulfillment/shared';
import type { Redis } from 'ioredis';
import { inTrips } from '../redis/in-trips.ts';
import type { RedisKeys } from '../redis/keys.ts';
import { type AppendKeys, defineCommands, type ObserveArguments } from './commands.ts';
import { factArguments } from './fact-arguments.ts';
import { FIRST_COUNTED_PLACE } from './fact-places.ts';
import { type LoadedRecord, readLoaded, readWritten } from './loaded-record.ts';
import { OrderIndex, type StoredSnapshot } from './order-index.ts';
import { summarise } from './order-summary.ts';
import { readRedisTime } from './redis-time.ts';
import { Retention } from './retention.ts';
import { SubjectStore } from './subject-store.ts';

/** What the marketplace showed of an order, and when it was asked. */
export interface Observation {
  snapshot: OrderSnapshot;
  /** By Redis' clock (`RecordStore.now`), read before the marketplace was asked, in ms. */
  askedAt: number;
  via: 'poll' | 'read';
  /** The record's hints before the marketplace was asked. Null: the hints were not read. */
  hintsAnswered: number | null;
}

/** The records of all orders, in Redis. See `docs/contributor/redis-keys.md`. */
export class RecordStore {
  /** What works for every kind of subject. */
  readonly subjects: SubjectStore;
  /** Lists and counts orders. */
  readonly index: OrderIndex;
  /** Forgets finished orders. */
  readonly retention: Retention;
  readonly #redis: Redis;
  readonly #keys: RedisKeys;

  constructor(redis: Redis, keys: RedisKeys) {
    this.#redis = redis;
    this.#keys = keys;
    this.subjects = new SubjectStore(redis, keys);
    this.index = new OrderIndex(redis, keys);
    this.retention = new Retention(redis, keys);
    defineCommands(redis);
  }

  /** Redis' clock, in ms: the clock of all facts. */
  async now(): Promise<number> {
    return readRedisTime(this.#redis);
  }

  /**
   * Writes facts, and creates a new record if needed.
   * @returns how many of the facts were new.
   */
  async append(ref: OrderRef, facts: Fact[]): Promise<number> {
    return this.subjects.append(ref, facts);
  }

  /**
   * Writes facts, and creates a new record if needed.
   * @returns the record with them.
   */
  async appendAndLoad(ref: OrderRef, facts: Fact[]): Promise<LoadedRecord> {
    const stored = await this.#redis.appendFactsAndLoad(...this.subjects.appendArguments(ref, facts, false));
    return readWritten(ref, stored);
  }

  /**
   * Writes the facts that a read of the thread brought, and the time of that read.
   * @returns the record with them.
   */
  async noteThread(ref: OrderRef, facts: Fact[]): Promise<LoadedRecord> {
    return readWritten(
      ref,
      await this.#redis.noteThread(...this.subjects.appendArguments(ref, facts, false)),
    );
  }

  /**
   * Writes facts, and notes that the order may have changed on the marketplace. The order is then
   * read again before the next step.
   */
  async hint(ref: OrderRef, facts: Fact[]): Promise<number> {
    return this.#redis.appendFacts(...this.subjects.appendArguments(ref, facts, true));
  }

  /**
   * Stores the marketplace's answer, unless a newer one is stored.
   * @returns whether the status changed.
   */
  async observe(ref: OrderRef, observation: Observation): Promise<boolean> {
    return (await this.#redis.observeOrder(...this.#observeArguments(ref, observation))) === 1;
  }

  /**
   * Like `observe`.
   * @returns also the record after the write.
   */
  async observeAndLoad(
    ref: OrderRef,
    observation: Observation,
  ): Promise<{ changed: boolean; record: LoadedRecord }> {
    const [changed, stored] = await this.#redis.observeOrderAndLoad(
      ...this.#observeArguments(ref, observation),
    );
    return { changed: changed === 1, record: readWritten(ref, stored) };
  }

  /**
   * Notes that the marketplace shows these orders as they are stored, in few trips to Redis.
   * @param orders what the caller saw stored.
   * @param askedAt as for `Observation`.
   * @returns for each order whether this is noted. False: another snapshot was stored meanwhile.
   */
  async noteUnchanged(orders: readonly StoredSnapshot[], askedAt: number): Promise<boolean[]> {
    const answers = await inTrips(this.#redis, orders, (pipeline, { ref, snapshot, storedAt }) => {
      const services = this.#keys.services(ref.agentId);
      pipeline.noteUnchanged(this.#keys.record(ref), services, askedAt, storedAt, snapshot.serviceId ?? '');
    });
    return answers.map((answer) => answer === 1);
  }

  #observeArguments(ref: OrderRef, observation: Observation): ObserveArguments {
    const { snapshot, via } = observation;
    const status = snapshot.rawStatus;
    const seen: Fact = { type: 'seen', status, revisionCount: snapshot.revisionCount, via };
    return [
      ...this.#keysOf(ref),
      this.#keys.changes,
      this.#keys.services(ref.agentId),
      ref.agentId,
      ref.orderId,
      subjectName(ref),
      observation.askedAt,
      observation.hintsAnswered ?? '',
      JSON.stringify(snapshot),
      snapshot.serviceId ?? '',
      `${status}:${snapshot.revisionCount}`,
      via === 'read' ? '1' : '0',
      FIRST_COUNTED_PLACE,
      ...factArguments([seen]),
    ];
  }

  /**
   * Stores the order's service in its record.
   * @returns the record with the service, or null when the order was forgotten.
   */
  async noteService(ref: OrderRef, service: SoldService): Promise<LoadedRecord | null> {
    return readLoaded(ref, await this.#redis.noteService(this.#keys.record(ref), JSON.stringify(service)));
  }

  /** Makes the work that runs for an order, in any process, check whether it is still wanted. */
  async announceChange(ref: OrderRef): Promise<void> {
    await this.#redis.publish(this.#keys.changes, subjectName(ref));
  }

  /** @returns the record, or null when we never heard of the order. */
  async load(ref: OrderRef): Promise<LoadedRecord | null> {
    return readLoaded(ref, await this.#redis.loadRecord(this.#keys.record(ref)));
  }

  /**
   * Stores the result of a decision: the summary for lists, the next look, and whether the order
   * waits for a human. A decision from an older record than the stored decision's is left out.
   */
  async settle(record: LoadedRecord, decision: Decision): Promise<void> {
    const ref = { agentId: record.agentId, orderId: record.orderId };
    await this.subjects.settle(ref, {
      basis: record,
      // If the decision still wants the order read, the hints that it knew of stay unanswered.
      hintsSettled: decision.readOrder ? -1 : record.hints,
      lookAgainAt: decision.lookAgainAt,
      attention: decision.attention,
      summary: summarise(record, decision),
    });
  }

  /** Removes facts that a long-open record no longer needs. */
  async trim(record: OrderRecord): Promise<void> {
    const fields = outlivedFacts(record).map((fact) => `fact:${factKey(fact)}`);
    if (fields.length > 0) await this.#redis.hdel(this.#keys.record(record), ...fields);
  }

  #keysOf(ref: OrderRef): AppendKeys {
    return [this.#keys.record(ref), this.#keys.orders, this.#keys.open];
  }
}
