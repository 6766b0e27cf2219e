import {
  answerInThread,
  attemptOf,
  type Decision,
  decide,
  deliveriesFound,
  type Fact,
  factsOf,
  jobFor,
  mergeSnapshots,
  type OrderRecord,
  type OrderRef,
  type Policy,
  type Round,
  readAgainAt,
  type StepJob,
  stepKey,
  threadRefusals,
} from '@fulfillment/shared';
import { classify } from './failures.ts';
import type { Logger } from './logger.ts';
import type { Marketplace, OrderReading } from './marketplace.ts';
import type { Queues } from './queues.ts';
import type { LoadedRecord, RecordStore } from './record-store/record-store.ts';

const HOUR_MS = 3600_000;

export interface ReconcileDependencies {
  store: RecordStore;
  queues: Queues;
  marketplace: Marketplace;
  policy: Policy;
  log: Logger;
}

/** An order as read just now, and its record with what was read. */
export interface Observed extends OrderReading {
  record: LoadedRecord;
}

/**
 * Load the record, decide, add the jobs that are missing. Nothing else in the system starts work. It may run anywhere, any
 * number of times, at the same time: a job that exists is not added again, a step that has its fact is not asked for again.
 */
export class Reconciler {
  readonly #with: ReconcileDependencies;

  constructor(dependencies: ReconcileDependencies) {
    this.#with = dependencies;
  }

  /**
   * @param known the record, when it was loaded a moment ago.
   * @throws when Redis or the marketplace cannot be reached; the next poke goes on from where this one stopped.
   */
  async reconcile(ref: OrderRef, known: LoadedRecord | null = null): Promise<Decision | null> {
    const { store, queues, policy, log } = this.#with;
    let record = known ?? (await store.load(ref));
    if (record === null) {
      log.warn({ ...ref }, 'there is no record of this order');
      return null;
    }
    let decision = this.#decide(record);
    if (decision.readOrder) {
      record = await this.#reading(record);
      decision = this.#decide(record);
    }
    if (decision.readThread !== null) {
      record = await this.#readingThread(record, decision.readThread);
      decision = this.#decide(record);
    }
    if (decision.facts.length > 0) {
      record = await this.#noting(record, decision);
      decision = this.#decide(record);
    }
    const dueAt = decision.dueAt ?? quoteDueAt(record, policy);
    for (const step of decision.steps) await queues.ensure(ref, step, dueAt);
    await queues.removeWaiting(jobsToRemove(record, decision));
    await store.settle(record, decision);
    await store.trim(record);
    log.debug(
      { ...ref, stage: decision.stage, round: decision.round, steps: decision.steps.map(stepKey) },
      'reconciled',
    );
    return decision;
  }

  /**
   * Reads the order from the marketplace and stores what it shows. A delivery of unknown outcome that is there becomes a fact,
   * also when the buyer has asked for the next round meanwhile.
   * @param before the record, loaded before the marketplace is asked.
   */
  async observe(before: LoadedRecord, signal?: AbortSignal): Promise<Observed> {
    const { store, log } = this.#with;
    const ref = { agentId: before.agentId, orderId: before.orderId };
    const reading = await this.#read(before, signal);
    const snapshot = mergeSnapshots(before.snapshot, reading.snapshot);
    const { changed, record } = await store.observeAndLoad(ref, {
      snapshot,
      askedAt: before.loadedAt,
      via: 'read',
      hintsAnswered: before.hints,
    });
    if (changed) log.info({ ...ref, status: snapshot.rawStatus, problems: snapshot.problems }, 'order seen');
    const found = deliveriesFound(record, reading);
    for (const { round } of found) log.info({ ...ref, round }, 'found delivered');
    return {
      ...reading,
      snapshot,
      record: found.length > 0 ? await store.appendAndLoad(ref, found) : record,
    };
  }

  /** Writes down what follows from a decision. A review that is due soon is told in the log, by whoever noted it first. */
  async #noting(record: LoadedRecord, { facts, dueAt }: Decision): Promise<LoadedRecord> {
    const { store, log } = this.#with;
    const ref = { agentId: record.agentId, orderId: record.orderId };
    const review = facts.find((fact) => fact.type === 'review_due');
    if (review === undefined) return store.appendAndLoad(ref, facts);
    if ((await store.append(ref, facts)) > 0) {
      const due = new Date(dueAt ?? record.loadedAt).toISOString();
      log.warn({ ...ref, round: review.round, due }, 'a round waits for a review, and is due soon');
    }
    return store.appendAndLoad(ref, []);
  }

  #decide(record: LoadedRecord): Decision {
    return decide(record, this.#with.policy, record.loadedAt);
  }

  /** Asks the marketplace. That it could not be asked becomes a fact, so that a human hears of it when it stays so. */
  async #read(before: LoadedRecord, signal?: AbortSignal): Promise<OrderReading> {
    const { store, marketplace } = this.#with;
    const ref = { agentId: before.agentId, orderId: before.orderId };
    try {
      return await marketplace.read(ref, signal);
    } catch (error) {
      const { kind, reason, tellSoon = false } = classify(error);
      const isTold = kind !== 'permanent' && (kind !== 'throttled' || tellSoon) && !signal?.aborted;
      const { observedAt } = before;
      if (isTold) await store.append(ref, [{ type: 'read_failed', observedAt, reason, isRefusal: tellSoon }]);
      throw error;
    }
  }

  /** Reads the order. @throws when that is to be tried again; the order is looked at again when it is time for that. */
  async #reading(record: LoadedRecord): Promise<LoadedRecord> {
    const { store, log } = this.#with;
    const ref = { agentId: record.agentId, orderId: record.orderId };
    try {
      return (await this.observe(record)).record;
    } catch (error) {
      const { kind, reason } = classify(error);
      if (kind === 'permanent') {
        const attempt = attemptOf(record, { name: 'read', round: '0' });
        const told = `The order cannot be read from the marketplace: ${reason}`;
        log.error({ ...ref, reason }, 'order cannot be read');
        return store.appendAndLoad(ref, [{ type: 'failed', stepKey: 'read:0', attempt, reason: told }]);
      }
      const noted = (await store.load(ref)) ?? record;
      const lookAgainAt = readAgainAt(noted, noted.loadedAt);
      await store.settle(noted, { ...this.#decide(noted), readOrder: false, lookAgainAt });
      throw error;
    }
  }

  /** Looks in the thread for the buyer's answer to our question about a round. */
  async #readingThread(record: LoadedRecord, round: Round): Promise<LoadedRecord> {
    const asked = factsOf(record, 'message_intended').find(
      (fact) => fact.kind === 'ask_feedback' && fact.round === round,
    );
    if (!asked) return record;
    const found = await this.#lookFor(record, round, asked.content);
    return found === null ? record : this.#with.store.appendAndLoad(record, [found]);
  }

  async #lookFor(record: LoadedRecord, round: Round, question: string): Promise<Fact | null> {
    const { ongoing, nextIndex } = threadRefusals(record, round);
    try {
      const answer = answerInThread(await this.#with.marketplace.thread(record), question);
      if (answer.found) return { type: 'answer_found', round, content: answer.content };
      if (answer.cutOff) return { type: 'thread_too_long', round };
      return ongoing ? { type: 'thread_readable', round, index: ongoing.index } : null;
    } catch (error) {
      const { tellSoon, reason } = classify(error);
      if (tellSoon !== true) throw error;
      return ongoing ? null : { type: 'thread_unreadable', round, reason, index: nextIndex };
    }
  }
}

/** A quote is due as its order would be, were it paid at once. In ms since the epoch. */
function quoteDueAt({ snapshot, turnaroundHours, loadedAt }: LoadedRecord, policy: Policy): number {
  return (snapshot?.createdAt ?? loadedAt) + (turnaroundHours ?? policy.turnaroundHours) * HOUR_MS;
}

/** The steps whose jobs a cancelled order may still have: it can be cancelled only before its first delivery. */
function jobsToRemove(record: OrderRecord, decision: Decision): StepJob[] {
  if (decision.stage !== 'cancelled') return [];
  return (['price', 'quote', 'generate', 'publish', 'deliver'] as const).map((name) => {
    const attempt = attemptOf(record, { name, round: '0' });
    return jobFor({ agentId: record.agentId, orderId: record.orderId }, { name, round: '0', attempt });
  });
}
