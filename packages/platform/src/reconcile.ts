import { RateLimitError } from '@atelier-ai/sdk';
import {
  answerInThread,
  attemptOf,
  canProceedUnread,
  type Decision,
  decide,
  deliveriesFound,
  type Fact,
  factOf,
  factsOf,
  hasHistory,
  jobFor,
  mergeSnapshots,
  type OrderRecord,
  type OrderRef,
  type Policy,
  quoteDueAt,
  type Round,
  readAgainAt,
  type StepJob,
  stepKey,
  threadRefusals,
} from '@fulfillment/shared';
import type { Queues } from './jobs/queues.ts';
import type { Marketplace } from './marketplace/marketplace.ts';
import type { OrderReading } from './marketplace/order-reading.ts';
import { noteOlderRead, type ReadLag } from './marketplace/read-lag.ts';
import type { Services } from './marketplace/services.ts';
import type { LoadedRecord, RecordStore } from './record-store/record-store.ts';
import { classify, type Failure } from './telemetry/failures.ts';
import type { Logger } from './telemetry/logger.ts';

export interface ReconcileDependencies {
  store: RecordStore;
  queues: Queues;
  marketplace: Marketplace;
  readLag: ReadLag;
  services: Services;
  policy: Policy;
  log: Logger;
}

/** An order as read just now, and its record with what was read. */
export interface Observed extends OrderReading {
  record: LoadedRecord;
  /** When the marketplace was asked, in ms since the epoch, by Redis' clock. */
  askedAt: number;
  /** The answer shows an older state than one seen before. */
  isOlder: boolean;
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
    let readNextAt: number | null = null;
    if (decision.readOrder) {
      ({ record, readNextAt } = await this.#reading(record));
      decision = this.#decide(record);
    }
    if (decision.readService !== null) {
      record = await this.#readingService(record, decision.readService);
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
    const dueAt = decision.dueAt ?? quoteDueAt(record, record.snapshot, policy);
    for (const step of decision.steps) await queues.ensure(ref, step, dueAt);
    await queues.removeWaiting(jobsToRemove(record, decision));
    await store.settle(record, readNextAt === null ? decision : waitingToRead(decision, readNextAt));
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
    const isOlder = await noteOlderRead(this.#with, before, reading);
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
    const isReviewKnown = factOf(record, 'buyer_review') !== undefined;
    const facts: Fact[] = [
      ...found,
      ...(reading.review === null || isReviewKnown
        ? []
        : [{ type: 'buyer_review' as const, ...reading.review }]),
    ];
    return {
      ...reading,
      snapshot,
      askedAt: before.loadedAt,
      isOlder,
      record: facts.length > 0 ? await store.appendAndLoad(ref, facts) : record,
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
      const failure = classify(error);
      const isForeign = failure.isNotOurs === true && !hasHistory(before);
      if (!isForeign && failure.kind !== 'permanent' && wasAsked(error, failure) && !signal?.aborted) {
        const { observedAt, reads } = before;
        const { reason, tellSoon: isRefusal = false } = failure;
        await store.append(ref, [{ type: 'read_failed', observedAt, reads, reason, isRefusal }]);
      }
      throw error;
    }
  }

  /**
   * Reads the order. An order that the list shows goes on although it cannot be read.
   * @returns the record, and when to try the read again (ms since the epoch); null if the read is done, or not to be retried.
   * @throws when the read must be retried before anything else; the order is then due at the time of that retry.
   */
  async #reading(record: LoadedRecord): Promise<{ record: LoadedRecord; readNextAt: number | null }> {
    const { store, log } = this.#with;
    const ref = { agentId: record.agentId, orderId: record.orderId };
    try {
      return { record: (await this.observe(record)).record, readNextAt: null };
    } catch (error) {
      const { kind, reason, isNotOurs } = classify(error);
      if (isNotOurs && !hasHistory(record)) {
        log.info({ ...ref, reason }, 'the order is not ours: left alone');
        const fact: Fact = { type: 'not_ours', hints: record.hints, reason };
        return { record: await store.appendAndLoad(ref, [fact]), readNextAt: null };
      }
      if (kind === 'permanent') {
        const attempt = attemptOf(record, { name: 'read', round: '0' });
        const told = `The order cannot be read from the marketplace: ${reason}`;
        log.error({ ...ref, reason }, 'order cannot be read');
        const failed: Fact = { type: 'failed', stepKey: 'read:0', attempt, reason: told };
        return { record: await store.appendAndLoad(ref, [failed]), readNextAt: null };
      }
      const noted = (await store.load(ref)) ?? record;
      const readNextAt = readAgainAt(noted, noted.loadedAt);
      if (canProceedUnread(noted)) {
        log.warn({ ...ref, reason }, 'the order cannot be read: going on from what the list shows');
        return { record: noted, readNextAt };
      }
      await store.settle(noted, waitingToRead(this.#decide(noted), readNextAt));
      throw error;
    }
  }

  /** Joins the order with its service. That the service cannot be read becomes a fact, so that a human hears of it when it stays so. */
  async #readingService(record: LoadedRecord, serviceId: string): Promise<LoadedRecord> {
    const { services, store, log } = this.#with;
    const ref = { agentId: record.agentId, orderId: record.orderId };
    const found = await services.find(record.agentId, serviceId);
    if (found === null) return record;
    if ('service' in found) return (await store.noteService(ref, found.service)) ?? record;
    const fact: Fact = { type: 'service_unread', serviceId, ...found.unread };
    if ((await store.append(ref, [fact])) > 0) {
      log.warn({ ...ref, serviceId, ...found.unread }, 'the order waits: its service cannot be read');
    }
    return store.appendAndLoad(ref, []);
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
      const failure = classify(error);
      if (!wasAsked(error, failure)) throw error;
      // The reconcile goes on: its decision tells a human of an outage that lasts.
      const { reason, tellSoon: isRefusal = false } = failure;
      return ongoing ? null : { type: 'thread_unreadable', round, reason, index: nextIndex, isRefusal };
    }
  }
}

/** The decision of an order whose read failed: due for the next read, and not earlier, so that failing reads become rare. */
function waitingToRead(decision: Decision, readNextAt: number): Decision {
  return { ...decision, readOrder: false, lookAgainAt: readNextAt };
}

/** Whether the marketplace was asked at all. A wait for our own agents is not a failure of the marketplace. */
function wasAsked(error: unknown, { kind, tellSoon }: Failure): boolean {
  return kind !== 'throttled' || tellSoon === true || error instanceof RateLimitError;
}

/** The steps whose jobs a cancelled order may still have: it can be cancelled only before its first delivery. */
function jobsToRemove(record: OrderRecord, decision: Decision): StepJob[] {
  if (decision.stage !== 'cancelled') return [];
  return (['price', 'quote', 'generate', 'publish', 'deliver'] as const).map((name) => {
    const attempt = attemptOf(record, { name, round: '0' });
    return jobFor({ agentId: record.agentId, orderId: record.orderId }, { name, round: '0', attempt });
  });
}
