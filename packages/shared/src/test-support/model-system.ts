import { decide } from '../decide/decide.ts';
import type { Decision } from '../decide/decision.ts';
import { factsFromEvent } from '../facts/events.ts';
import type { Fact, Recorded } from '../facts/facts.ts';
import { factKey } from '../facts/facts.ts';
import { stepKey } from '../jobs/step-key.ts';
import type { Step } from '../jobs/steps.ts';
import { parseOrder, STATUSES_TO_POLL } from '../order/order.ts';
import { isRedeliveryShown, overwrittenOf, redeliveriesOf } from '../order/overwritten.ts';
import { answerInThread } from '../order/thread.ts';
import type { Policy } from '../policy/policy.ts';
import { deliverablesOf } from '../record/deliverables.ts';
import { factOf, factsOf, type OrderRecord } from '../record/record.ts';
import { threadFacts } from '../record/thread-facts.ts';
import type { ModelMarket } from './model-market.ts';
import { at, deepFreeze, NOON, SERVICE, URL_OF } from './records.ts';

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
  now = NOON;
  readonly moments: Moment[] = [];
  readonly #market: ModelMarket;
  readonly #policy: Policy;
  readonly #hasUrls: boolean;
  readonly #facts = new Map<string, Recorded>();
  #record: OrderRecord;
  #jobs = new Map<string, Step>();
  #wasListed = false;

  constructor(market: ModelMarket, policy: Policy, hasUrls: boolean) {
    this.#market = market;
    this.#policy = policy;
    this.#hasUrls = hasUrls;
    const nothing = {
      snapshot: null,
      observedAt: 0,
      hints: 0,
      hintsAnswered: 0,
      hintedAt: 0,
      reads: 0,
      threadReadAt: 0,
    };
    this.#record = {
      agentId: 'agt_1',
      orderId: 'ord_1',
      ...nothing,
      turnaroundHours: null,
      service: null,
      facts: [],
    };
  }

  get record(): OrderRecord {
    return this.#record;
  }

  get waitingJobs(): Step[] {
    return [...this.#jobs.values()];
  }

  pass(minutes: number): void {
    this.now += minutes * 60_000;
  }

  append(...facts: Fact[]): void {
    for (const fact of facts) {
      const key = factKey(fact);
      if (!this.#facts.has(key)) this.#facts.set(key, at(this.now, fact));
    }
    this.#record = { ...this.#record, facts: [...this.#facts.values()] };
  }

  hear(index: number): void {
    const webhook = this.#market.webhooks[index % Math.max(1, this.#market.webhooks.length)];
    if (webhook === undefined) return;
    const heard = factsFromEvent(webhook, { bodyHash: JSON.stringify(webhook), sentAt: NOON });
    if ('problem' in heard) throw new Error(heard.problem);
    this.append(...heard.facts);
    this.#hint();
  }

  #hint(): void {
    this.#record = { ...this.#record, hints: this.#record.hints + 1, hintedAt: this.now };
  }

  poll(): void {
    const isListed = STATUSES_TO_POLL.some((status) => status === this.#market.status);
    if (isListed) this.#observe('poll', null);
    else if (this.#wasListed) this.#hint();
    this.#wasListed = isListed;
  }

  /** The marketplace runs as several instances, so an answer can be older than a previous one. */
  pollOldAnswer(): void {
    this.#observe('poll', null, this.#market.rowBefore(NOON));
  }

  #observe(via: 'poll' | 'read', hintsAnswered: number | null, row = this.#market.row(NOON)): void {
    this.now += 1;
    const snapshot = parseOrder(row);
    const { status, revisionCount } = snapshot;
    this.append({ type: 'seen', status, revisionCount, via });
    this.#record = {
      ...this.#record,
      snapshot,
      observedAt: this.now,
      hintsAnswered: Math.max(this.#record.hintsAnswered, hintsAnswered ?? 0),
      reads: this.#record.reads + (via === 'read' ? 1 : 0),
    };
    this.now += 1;
  }

  /**
   * Like the real reconcile: decide, read what the decision needs, append its facts, add the
   * missing jobs.
   */
  reconcile(): Decision {
    let decision = this.#decide();
    if (decision.readOrder) {
      this.#observe('read', this.#record.hints);
      decision = this.#decide();
    }
    if (decision.readService !== null) {
      this.#record = { ...this.#record, service: SERVICE };
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
    const record = deepFreeze(structuredClone(this.#record));
    const decision = decide(record, this.#policy, this.now);
    this.moments.push({ record, decision, policy: this.#policy, now: this.now });
    return decision;
  }

  #readThread(round: string | null): Decision {
    this.append(...threadFacts(this.#record, this.#policy, this.#market.thread));
    this.#record = { ...this.#record, threadReadAt: this.now };
    const asked = this.#record.facts.find(
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
    this.now += 5;
    const isWanted = decide(this.#record, this.#policy, this.now).steps.some((wanted) =>
      isSame(wanted, step),
    );
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
    const facts = ending === 'declines' ? declined(step) : this.#effect(step);
    this.now += 5;
    if (ending !== 'dies_before_fact') this.append(...facts);
  }

  /**
   * Does the step's work.
   * @returns its facts.
   */
  #effect(step: Step): Fact[] {
    const { round } = step;
    const url = URL_OF(round);
    switch (step.name) {
      case 'price':
        return [{ type: 'priced', handler: 'painter', priceUsd: '45.00' }];
      case 'quote': {
        this.#observe('read', this.#record.hints);
        return this.#market.quote() ? [{ type: 'quoted', priceUsd: '45.00', found: false }] : [];
      }
      case 'generate': {
        const artifact = {
          path: `${round}/cat.png`,
          fileName: 'cat.png',
          contentType: 'image/png',
          bytes: 9,
        };
        const product = this.#hasUrls ? { url } : { artifact };
        return [
          {
            type: 'generated',
            round,
            handler: 'painter',
            draft: 0,
            review: false,
            products: [{ mediaType: 'image', ...product }],
          },
        ] as Fact[];
      }
      case 'publish':
        return [{ type: 'published', round, index: 0, url }];
      case 'deliver':
        return this.#deliver(round);
      case 'payout_retry': {
        const index = factsOf(this.#record, 'payout_retry_asked').length - 1;
        return [{ type: 'payout_retry_answered', index, outcome: 'accepted', reason: '' }];
      }
      case 'send': {
        const content = `${step.kind} ${round}`;
        this.append({ type: 'message_intended', kind: step.kind, round, content });
        this.#market.thread.push({ fromBuyer: false, senderName: null, content, createdAt: null });
        return [{ type: 'message_sent', kind: step.kind, round, found: false }];
      }
    }
  }

  #deliver(round: string): Fact[] {
    this.#observe('read', this.#record.hints);
    const deliverables = deliverablesOf(this.#record, round);
    if (deliverables === null) throw new Error(`round ${round} was to be delivered without URLs`);
    if (factOf(this.#record, 'delivered', round)) return this.#redeliver(round);
    if (this.#market.deliveries.includes(round)) {
      return [{ type: 'delivered', round, deliverables, found: true }];
    }
    if (this.#market.owes !== round) return [];
    this.#market.deliver(round);
    return [{ type: 'delivered', round, deliverables, found: false }];
  }

  #redeliver(round: string): Fact[] {
    const index = redeliveriesOf(this.#record, round);
    if (overwrittenOf(this.#record, round) === undefined) {
      throw new Error(`round ${round} was to be delivered again`);
    }
    if (this.#market.owes !== round) {
      const isTried = factsOf(this.#record, 'redelivery_intended').some((fact) => fact.index === index);
      const isFound = isTried && isRedeliveryShown(this.#market);
      return isFound ? [{ type: 'redelivered', round, index, found: true }] : [];
    }
    this.append({ type: 'redelivery_intended', round, index });
    this.#market.deliver(round);
    return [{ type: 'redelivered', round, index, found: false }];
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
      this.now = Math.max(this.now + 60_000, decision.lookAgainAt);
    }
    return decision;
  }
}

/** The facts of a handler that declines. It can decline only pricing and the first generation. */
function declined({ name, round, attempt }: Step): Fact[] {
  const mayDecline = name === 'price' || (name === 'generate' && round === '0');
  return mayDecline ? [{ type: 'refused', handler: 'painter', reason: 'No dogs.', step: name, attempt }] : [];
}

function isSame(a: Step, b: Step): boolean {
  return stepKey(a) === stepKey(b) && a.attempt === b.attempt;
}
