import type { Fact } from '../facts/facts.ts';
import type { Step } from '../jobs/steps.ts';
import { isRedeliveryShown, overwrittenOf, redeliveriesOf } from '../order/overwritten.ts';
import { deliverablesOf } from '../record/deliverables.ts';
import { factOf, factsOf } from '../record/record.ts';
import type { ModelMarket } from './model-market.ts';
import type { ModelRecord } from './model-record.ts';
import { NOON, URL_OF } from './records.ts';

/** A worker without queues and processes. */
export class ModelWorker {
  readonly #market: ModelMarket;
  readonly #record: ModelRecord;
  readonly #hasUrls: boolean;

  /** @param hasUrls whether the handler returns URLs, and not files that must be published. */
  constructor(market: ModelMarket, record: ModelRecord, hasUrls: boolean) {
    this.#market = market;
    this.#record = record;
    this.#hasUrls = hasUrls;
  }

  /**
   * Does the step's work.
   * @returns its facts.
   */
  do(step: Step): Fact[] {
    const { round } = step;
    const url = URL_OF(round);
    switch (step.name) {
      case 'price':
        return [{ type: 'priced', handler: 'painter', priceUsd: '45.00' }];
      case 'quote': {
        this.#record.seeRead(this.#market.row(NOON));
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
        const index = factsOf(this.#record.current, 'payout_retry_asked').length - 1;
        return [{ type: 'payout_retry_answered', index, outcome: 'accepted', reason: '' }];
      }
      case 'send': {
        const content = `${step.kind} ${round}`;
        this.#record.append({ type: 'message_intended', kind: step.kind, round, content });
        this.#market.thread.push({ fromBuyer: false, senderName: null, content, createdAt: null });
        return [{ type: 'message_sent', kind: step.kind, round, found: false }];
      }
    }
  }

  #deliver(round: string): Fact[] {
    this.#record.seeRead(this.#market.row(NOON));
    const deliverables = deliverablesOf(this.#record.current, round);
    if (deliverables === null) throw new Error(`round ${round} was to be delivered without URLs`);
    if (factOf(this.#record.current, 'delivered', round)) return this.#redeliver(round);
    if (this.#market.deliveries.includes(round)) {
      return [{ type: 'delivered', round, deliverables, found: true }];
    }
    if (this.#market.owes !== round) return [];
    this.#market.deliver(round);
    return [{ type: 'delivered', round, deliverables, found: false }];
  }

  #redeliver(round: string): Fact[] {
    const index = redeliveriesOf(this.#record.current, round);
    if (overwrittenOf(this.#record.current, round) === undefined) {
      throw new Error(`round ${round} was to be delivered again`);
    }
    if (this.#market.owes !== round) {
      const isTried = factsOf(this.#record.current, 'redelivery_intended').some(
        (fact) => fact.index === index,
      );
      const isFound = isTried && isRedeliveryShown(this.#market);
      return isFound ? [{ type: 'redelivered', round, index, found: true }] : [];
    }
    this.#record.append({ type: 'redelivery_intended', round, index });
    this.#market.deliver(round);
    return [{ type: 'redelivered', round, index, found: false }];
  }
}

/** The facts of a handler that declines. It can decline only pricing and the first generation. */
export function declined({ name, round, attempt }: Step): Fact[] {
  const mayDecline = name === 'price' || (name === 'generate' && round === '0');
  return mayDecline ? [{ type: 'refused', handler: 'painter', reason: 'No dogs.', step: name, attempt }] : [];
}
