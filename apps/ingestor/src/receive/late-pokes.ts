import { describeError, type Logger, type Queues } from '@fulfillment/platform';
import type { OrderRef } from '@fulfillment/shared';
import type { Rush } from './rush.ts';

/**
 * Pokes the orders of received webhooks once the rush of webhooks has passed. A sender gives up on
 * a slow answer, while the work after the answer can wait a moment. A lost poke loses no order: the
 * webhook's facts set the order due, and a sweep finds it.
 */
export class LatePokes {
  readonly #queues: Pick<Queues, 'pokeAll'>;
  readonly #rush: Pick<Rush, 'passed'>;
  readonly #log: Logger;
  /** By agent and order, so an order with two webhooks is poked once. */
  #asked = new Map<string, OrderRef>();
  #isPoking = false;

  constructor(queues: Pick<Queues, 'pokeAll'>, rush: Pick<Rush, 'passed'>, log: Logger) {
    this.#queues = queues;
    this.#rush = rush;
    this.#log = log;
  }

  /**
   * Pokes the order soon, together with other orders that are asked for meanwhile. If Redis is
   * away, that is logged.
   */
  ask(ref: OrderRef): void {
    this.#asked.set(`${ref.agentId}/${ref.orderId}`, ref);
    if (!this.#isPoking) void this.#pokeAll();
  }

  async #pokeAll(): Promise<void> {
    this.#isPoking = true;
    while (this.#asked.size > 0) {
      await this.#rush.passed();
      const refs = [...this.#asked.values()];
      this.#asked.clear();
      try {
        await this.#queues.pokeAll(refs, 'webhook');
      } catch (error) {
        this.#log.warn({ orders: refs.length, reason: describeError(error) }, 'not poked: left to the sweep');
      }
    }
    this.#isPoking = false;
  }
}
