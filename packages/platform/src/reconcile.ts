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
import type { RecordStore } from './record-store/record-store.ts';
import type { Turnarounds } from './turnarounds.ts';

const HOUR_MS = 3600_000;

export interface ReconcileDependencies {
  store: RecordStore;
  queues: Queues;
  marketplace: Marketplace;
  turnarounds: Turnarounds;
  policy: Policy;
  log: Logger;
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

  /** @throws when Redis or the marketplace cannot be reached; the next poke goes on from where this one stopped. */
  async reconcile(ref: OrderRef): Promise<Decision | null> {
    const { store, queues, log } = this.#with;
    let record = await store.load(ref);
    if (record === null) {
      log.warn({ ...ref }, 'there is no record of this order');
      return null;
    }
    let decision = await this.#decide(record);
    if (decision.readOrder) {
      record = await this.#reading(record);
      decision = await this.#decide(record);
    }
    if (decision.readThread !== null) {
      record = await this.#readingThread(record, decision.readThread);
      decision = await this.#decide(record);
    }
    if (decision.facts.length > 0) {
      await store.append(ref, decision.facts);
      record = (await store.load(ref)) ?? record;
      decision = await this.#decide(record);
    }
    const dueAt = decision.dueAt ?? (await store.now()) + this.#with.policy.turnaroundHours * HOUR_MS;
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
   */
  async observe(ref: OrderRef, signal?: AbortSignal): Promise<OrderReading> {
    const { store, marketplace, turnarounds, log } = this.#with;
    const [before, askedAt] = await Promise.all([store.load(ref), store.now()]);
    const reading = await marketplace.read(ref, signal);
    const snapshot = mergeSnapshots(before?.snapshot ?? null, reading.snapshot);
    const turnaroundHours = await turnarounds.of(ref.agentId, snapshot.serviceId);
    const hintsAnswered = before?.hints ?? 0;
    const changed = await store.observe(ref, {
      snapshot,
      askedAt,
      via: 'read',
      hintsAnswered,
      turnaroundHours,
    });
    const found = before === null ? [] : deliveriesFound(before, reading);
    if (found.length > 0) await store.append(ref, found);
    for (const { round } of found) log.info({ ...ref, round }, 'found delivered');
    if (changed) log.info({ ...ref, status: snapshot.rawStatus, problems: snapshot.problems }, 'order seen');
    return { ...reading, snapshot };
  }

  async #decide(record: OrderRecord): Promise<Decision> {
    return decide(record, this.#with.policy, await this.#with.store.now());
  }

  async #reading(record: OrderRecord): Promise<OrderRecord> {
    try {
      await this.observe({ agentId: record.agentId, orderId: record.orderId });
    } catch (error) {
      await this.#noteUnread(record, error);
    }
    return (await this.#with.store.load(record)) ?? record;
  }

  /** Writes down that the order could not be read. @throws the error, unless trying again does not help. */
  async #noteUnread(record: OrderRecord, error: unknown): Promise<void> {
    const { store, log } = this.#with;
    const ref = { agentId: record.agentId, orderId: record.orderId };
    const { kind, reason } = classify(error);
    if (kind === 'permanent') {
      const attempt = attemptOf(record, { name: 'read', round: '0' });
      const told = `The order cannot be read from the marketplace: ${reason}`;
      log.error({ ...ref, reason }, 'order cannot be read');
      await store.append(ref, [{ type: 'failed', stepKey: 'read:0', attempt, reason: told }]);
      return;
    }
    if (kind !== 'throttled') {
      await store.append(ref, [{ type: 'read_failed', observedAt: record.observedAt, reason }]);
      const noted = (await store.load(ref)) ?? record;
      await store.settle(noted, await this.#decide(noted));
    }
    throw error;
  }

  /** Looks in the thread for the buyer's answer to our question about a round. */
  async #readingThread(record: OrderRecord, round: Round): Promise<OrderRecord> {
    const asked = factsOf(record, 'message_intended').find(
      (fact) => fact.kind === 'ask_feedback' && fact.round === round,
    );
    if (!asked) return record;
    const answer = answerInThread(await this.#with.marketplace.thread(record), asked.content);
    if (!answer.found && !answer.cutOff) return record;
    const fact: Fact = answer.found
      ? { type: 'answer_found', round, content: answer.content }
      : { type: 'thread_too_long', round };
    await this.#with.store.append(record, [fact]);
    return (await this.#with.store.load(record)) ?? record;
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
