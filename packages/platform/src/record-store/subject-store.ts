import {
  type Attention,
  type Fact,
  type Recorded,
  type SubjectRef,
  subjectId,
  subjectKind,
  subjectName,
} from '@fulfillment/shared';
import type { Redis } from 'ioredis';
import type { RedisKeys } from '../redis/keys.ts';
import { type AppendArguments, defineCommands } from './commands.ts';
import { factArguments } from './fact-arguments.ts';
import { FIRST_COUNTED_PLACE } from './fact-places.ts';
import { numberOr, partsOf, readFacts } from './read-record.ts';

/** What every record has, whatever its subject. */
interface SubjectRecord {
  facts: readonly Recorded[];
  hints: number;
  /** When the record was loaded, by Redis' clock, in ms. */
  loadedAt: number;
}

/** The result of a decision about a subject. */
export interface Settlement {
  /** The state of the record that the decision comes from. A newer decision is not overwritten. */
  basis: Pick<SubjectRecord, 'loadedAt' | 'facts'> & { observedAt: number };
  /** How many hints the decision answers. A later hint keeps the subject due. -1: none. */
  hintsSettled: number;
  /** When to check the subject again, in ms since the epoch. Null: it is finished. */
  lookAgainAt: number | null;
  attention: readonly Attention[];
  /** What lists show of the subject. Written as JSON. */
  summary: unknown;
}

/** The parts of the record store that work for every kind of subject. */
export class SubjectStore {
  readonly #redis: Redis;
  readonly #keys: RedisKeys;

  constructor(redis: Redis, keys: RedisKeys) {
    this.#redis = redis;
    this.#keys = keys;
    defineCommands(redis);
  }

  /**
   * Writes facts, and creates a new record if needed.
   * @returns how many of the facts were new.
   */
  async append(subject: SubjectRef, facts: Fact[]): Promise<number> {
    return this.#redis.appendFacts(...this.appendArguments(subject, facts, false));
  }

  /** The arguments of the scripts that write facts. A hint makes the subject due at once. */
  appendArguments(subject: SubjectRef, facts: Fact[], isHint: boolean): AppendArguments {
    const { all, open } = this.#keys.lists(subjectKind(subject));
    return [
      this.#keys.record(subject),
      all,
      open,
      subject.agentId,
      subjectId(subject),
      subjectName(subject),
      isHint ? '1' : '0',
      FIRST_COUNTED_PLACE,
      ...factArguments(facts),
    ];
  }

  /** @returns the record, or null when we never heard of the subject. */
  async load(subject: SubjectRef): Promise<SubjectRecord | null> {
    const [time, stored] = await this.#redis.loadRecord(this.#keys.record(subject));
    if (stored.length === 0) return null;
    const { fields, facts } = partsOf(stored);
    return { facts: readFacts(facts), hints: numberOr(fields.hints, 0), loadedAt: Number(time) };
  }

  /**
   * Stores the result of a decision: the summary for lists, the next check, and whether the subject
   * waits for a human. A decision from an older record than the stored decision's is left out.
   */
  async settle(subject: SubjectRef, settlement: Settlement): Promise<void> {
    const { basis, hintsSettled, lookAgainAt, attention, summary } = settlement;
    const lists = this.#keys.lists(subjectKind(subject));
    await this.#redis.settleOrder(
      this.#keys.record(subject),
      lists.open,
      lists.attention,
      lists.finished,
      this.#keys.feed,
      subjectName(subject),
      hintsSettled,
      lookAgainAt ?? '',
      JSON.stringify(attention.map((item) => [item.key, JSON.stringify(item)])),
      JSON.stringify(summary),
      basis.loadedAt,
      basis.facts.length,
      basis.observedAt,
      // The ledger holds orders only.
      subjectKind(subject) === 'order' ? '1' : '0',
    );
  }
}
