import { decide } from '../decide/decide.ts';
import type { Decision } from '../decide/decision.ts';
import type { Fact } from '../facts/facts.ts';
import { stepKey } from '../jobs/step-key.ts';
import type { Step } from '../jobs/steps.ts';
import { STATUSES_TO_POLL } from '../order/order.ts';
import { answerInThread } from '../order/thread.ts';
import type { Policy } from '../policy/policy.ts';
import type { OrderRecord } from '../record/record.ts';
import { threadFacts } from '../record/thread-facts.ts';
import type { ModelMarket } from './model-market.ts';
import { ModelRecord } from './model-record.ts';
import { declined, ModelWorker } from './model-worker.ts';
import { deepFreeze, NOON } from './records.ts';

/**
 * How a worker's try ends. `dies_before_fact`: the call took effect, and the worker died before it
 * recorded the fact.
 */
export type Ending = 'works' | 'fails' | 'declines' | 'dies_before_fact' | 'dies_after_fact';

/** A decision and its inputs. */
export interface Moment {
  record: OrderRecord;
  decision: Decision;
  policy: Policy;
  now: number;
}

/**
 * A seller's system without Redis, queues and processes: a record, `decide`, and workers that do
 * the steps.
 */
export class ModelSystem {
  readonly moments: Moment[] = [];
  readonly #market: ModelMarket;
  readonly #policy: Policy;
  readonly #record = new ModelRecord();
  readonly #worker: ModelWorker;
  #jobs = new Map<string, Step>();
  #wasListed = false;

  constructor(market: ModelMarket, policy: Policy, hasUrls: boolean) {
    this.#market = market;
    this.#policy = policy;
    this.#worker = new ModelWorker(market, this.#record, hasUrls);
  }

  get now(): number {
    return this.#record.now;
  }

  get record(): OrderRecord {
    return this.#record.current;
  }

  get waitingJobs(): Step[] {
    return [...this.#jobs.values()];
  }

  pass(minutes: number): void {
    this.#record.now += minutes * 60_000;
  }

  append(...facts: Fact[]): void {
    this.#record.append(...facts);
  }

  hear(index: number): void {
    const webhook = this.#market.webhooks[index % Math.max(1, this.#market.webhooks.length)];
    if (webhook !== undefined) this.#record.hear(webhook);
  }

  poll(): void {
    const isListed = STATUSES_TO_POLL.some((status) => status === this.#market.status);
    if (isListed) this.#record.seePolled(this.#market.row(NOON));
    else if (this.#wasListed) this.#record.hint();
    this.#wasListed = isListed;
  }

  /** The marketplace runs as several instances, so an answer can be older than a previous one. */
  pollOldAnswer(): void {
    this.#record.seePolled(this.#market.rowBefore(NOON));
  }

  /**
   * Like the real reconcile: decide, read what the decision needs, append its facts, add the
   * missing jobs.
   */
  reconcile(): Decision {
    let decision = this.#decide();
    if (decision.readOrder) {
      this.#record.seeRead(this.#market.row(NOON));
      decision = this.#decide();
    }
    if (decision.readService !== null) {
      this.#record.noteService();
      decision = this.#decide();
    }
    if (decision.readThread !== null || decision.readMessages)
      decision = this.#readThread(decision.readThread);
    if (decision.facts.length > 0) {
      this.append(...decision.facts);
      decision = this.#decide();
    }
    for (const step of decision.steps) this.#jobs.set(`${stepKey(step)}/${step.attempt}`, step);
    return decision;
  }

  #decide(): Decision {
    const record = deepFreeze(structuredClone(this.record));
    const decision = decide(record, this.#policy, this.now);
    this.moments.push({ record, decision, policy: this.#policy, now: this.now });
    return decision;
  }

  #readThread(round: string | null): Decision {
    this.append(...threadFacts(this.record, this.#policy, this.#market.thread));
    this.#record.noteThreadRead();
    const asked = this.record.facts.find(
      (fact) => fact.type === 'message_intended' && fact.kind === 'ask_feedback' && fact.round === round,
    );
    if (round !== null && asked?.type === 'message_intended') {
      const answer = answerInThread(this.#market.thread, asked.content);
      if (answer.found) this.append({ type: 'answer_found', round, content: answer.content });
    }
    return this.#decide();
  }

  /** A worker takes a waiting job, and first checks whether the step is still wanted. */
  work(index: number, ending: Ending): void {
    const [key, step] = [...this.#jobs][index % Math.max(1, this.#jobs.size)] ?? [];
    if (key === undefined || step === undefined) return;
    this.#jobs.delete(key);
    this.#record.now += 5;
    const isWanted = decide(this.record, this.#policy, this.now).steps.some((wanted) => isSame(wanted, step));
    if (isWanted) this.#perform(step, ending);
    if (ending !== 'dies_before_fact' && ending !== 'dies_after_fact') this.reconcile();
  }

  #perform(step: Step, ending: Ending): void {
    const { round, attempt } = step;
    if (ending === 'fails') {
      if (step.name === 'send')
        this.append({ type: 'message_dropped', kind: step.kind, round, reason: 'refused' });
      else this.append({ type: 'failed', stepKey: stepKey(step), attempt, reason: 'it broke' });
      return;
    }
    const facts = ending === 'declines' ? declined(step) : this.#worker.do(step);
    this.#record.now += 5;
    if (ending !== 'dies_before_fact') this.append(...facts);
  }

  /** Runs until nothing changes: the workers succeed, polls come, time passes. */
  runToRest(turns = 60): Decision {
    let decision = this.reconcile();
    for (let turn = 0; turn < turns; turn += 1) {
      while (this.#jobs.size > 0) this.work(0, 'works');
      this.poll();
      decision = this.reconcile();
      if (this.#jobs.size > 0) continue;
      if (decision.lookAgainAt === null) return decision;
      this.#record.now = Math.max(this.now + 60_000, decision.lookAgainAt);
    }
    return decision;
  }
}

function isSame(a: Step, b: Step): boolean {
  return stepKey(a) === stepKey(b) && a.attempt === b.attempt;
}
