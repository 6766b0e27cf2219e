import { factsFromEvent } from '../facts/events.ts';
import { type Fact, factKey, type Recorded } from '../facts/facts.ts';
import { type OrderSnapshot, parseOrder } from '../order/order.ts';
import type { OrderRecord } from '../record/record.ts';
import type { Webhook } from './model-market.ts';
import { at, NOON, SERVICE } from './records.ts';

const EMPTY: OrderRecord = {
  agentId: 'agt_1',
  orderId: 'ord_1',
  snapshot: null,
  observedAt: 0,
  hints: 0,
  hintsAnswered: 0,
  hintedAt: 0,
  reads: 0,
  threadReadAt: 0,
  turnaroundHours: null,
  service: null,
  facts: [],
};

/** A record without Redis, and the clock that dates its facts. */
export class ModelRecord {
  now = NOON;
  readonly #facts = new Map<string, Recorded>();
  #current = EMPTY;

  get current(): OrderRecord {
    return this.#current;
  }

  append(...facts: Fact[]): void {
    for (const fact of facts) {
      const key = factKey(fact);
      if (!this.#facts.has(key)) this.#facts.set(key, at(this.now, fact));
    }
    this.#current = { ...this.#current, facts: [...this.#facts.values()] };
  }

  hear(webhook: Webhook): void {
    const heard = factsFromEvent(webhook, { bodyHash: JSON.stringify(webhook), sentAt: NOON });
    if ('problem' in heard) throw new Error(heard.problem);
    this.append(...heard.facts);
    this.hint();
  }

  hint(): void {
    this.#current = { ...this.#current, hints: this.#current.hints + 1, hintedAt: this.now };
  }

  /** Takes over an order that a poll showed. A poll answers no hints. */
  seePolled(row: Record<string, unknown>): void {
    this.#see(parseOrder(row), 'poll');
  }

  /** Takes over an order that was read, which answers all hints. */
  seeRead(row: Record<string, unknown>): void {
    const { hints, hintsAnswered, reads } = this.#current;
    this.#see(parseOrder(row), 'read');
    const answered = Math.max(hintsAnswered, hints);
    this.#current = { ...this.#current, hintsAnswered: answered, reads: reads + 1 };
  }

  #see(snapshot: OrderSnapshot, via: 'poll' | 'read'): void {
    this.now += 1;
    const { status, revisionCount } = snapshot;
    this.append({ type: 'seen', status, revisionCount, via });
    this.#current = { ...this.#current, snapshot, observedAt: this.now };
    this.now += 1;
  }

  noteService(): void {
    this.#current = { ...this.#current, service: SERVICE };
  }

  noteThreadRead(): void {
    this.#current = { ...this.#current, threadReadAt: this.now };
  }
}
