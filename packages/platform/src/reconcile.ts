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
  type StepJob,
  stepKey,
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
    const dueAt = decision.dueAt ?? record.loadedAt + policy.turnaroundHours * HOUR_MS;
    for (const step of decision.steps) await queues.ensure(ref, step, dueAt);
    await queues.removeWaiting(jobsToRemove(record, decision));
    await store.settle(record, decision);
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
    const { store, marketplace, log } = this.#with;
    const ref = { agentId: before.agentId, orderId: before.orderId };
    const reading = await marketplace.read(ref, signal);
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

  async #reading(record: LoadedRecord): Promise<LoadedRecord> {
    try {
      return (await this.observe(record)).record;
    } catch (error) {
      return await this.#noteUnread(record, error);
    }
  }

  /** Writes down that the order could not be read. @throws the error, unless trying again does not help. */
  async #noteUnread(record: OrderRecord, error: unknown): Promise<LoadedRecord> {
    const { store, log } = this.#with;
    const ref = { agentId: record.agentId, orderId: record.orderId };
    const { kind, reason } = classify(error);
    if (kind === 'permanent') {
      const attempt = attemptOf(record, { name: 'read', round: '0' });
      const told = `The order cannot be read from the marketplace: ${reason}`;
      log.error({ ...ref, reason }, 'order cannot be read');
      return store.appendAndLoad(ref, [{ type: 'failed', stepKey: 'read:0', attempt, reason: told }]);
    }
    if (kind !== 'throttled') {
      const failed: Fact = { type: 'read_failed', observedAt: record.observedAt, reason };
      const noted = await store.appendAndLoad(ref, [failed]);
      await store.settle(noted, this.#decide(noted));
    }
    throw error;
  }

  /** Looks in the thread for the buyer's answer to our question about a round. */
  async #readingThread(record: LoadedRecord, round: Round): Promise<LoadedRecord> {
    const asked = factsOf(record, 'message_intended').find(
      (fact) => fact.kind === 'ask_feedback' && fact.round === round,
    );
    if (!asked) return record;
    const answer = answerInThread(await this.#with.marketplace.thread(record), asked.content);
    if (!answer.found && !answer.cutOff) return record;
    const fact: Fact = answer.found
      ? { type: 'answer_found', round, content: answer.content }
      : { type: 'thread_too_long', round };
    return this.#with.store.appendAndLoad(record, [fact]);
  }
}

/** The steps whose jobs a cancelled order may still have: it can be cancelled only before its first delivery. */
function jobsToRemove(record: OrderRecord, decision: Decision): StepJob[] {
  if (decision.stage !== 'cancelled') return [];
  return (['price', 'quote', 'generate', 'publish', 'deliver'] as const).map((name) => {
    const attempt = attemptOf(record, { name, round: '0' });
    return jobFor({ agentId: record.agentId, orderId: record.orderId }, { name, round: '0', attempt });
  });
}
