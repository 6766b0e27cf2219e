import { describeError, type Logger, type Queues, type Runtime } from '@fulfillment/platform';
import type { OrderRef } from '@fulfillment/shared';
import type { Rush } from './rush.ts';

/** The most orders that are reconciled here at the same time. More orders go to the queue. */
const MOST_HERE = 4;

interface Dependencies {
  queues: Pick<Queues, 'get' | 'pokeAll'>;
  reconciler: Pick<Runtime['reconciler'], 'reconcile'>;
  rush: Pick<Rush, 'passed'>;
  log: Logger;
  /** Aborted when the process stops. */
  stopping: AbortSignal;
}

/**
 * Reconciles the orders of received webhooks once the rush of webhooks has passed. A sender gives
 * up on a slow answer, while the work after the answer can wait a moment.
 *
 * A few orders are reconciled in this process, because a job takes a dozen trips to Redis. The
 * queue takes the others, and those whose reconcile fails or is not done when the process stops. A
 * process that is killed loses no order: the webhook's facts set the order due, and a sweep finds
 * it.
 */
export class LateReconciles {
  readonly #dependencies: Dependencies;
  /** By agent and order, so an order with two webhooks is reconciled once. */
  readonly #asked = new Map<string, OrderRef>();
  readonly #running = new Map<string, OrderRef>();
  #isHandingOut = false;

  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies;
    const leave = () => void this.#poke([...this.#running.values()]);
    dependencies.stopping.addEventListener('abort', leave, { once: true });
  }

  /**
   * Has the order reconciled soon, together with other orders that are asked for meanwhile. If
   * Redis is away, that is logged.
   */
  ask(ref: OrderRef): void {
    this.#asked.set(keyOf(ref), ref);
    if (!this.#isHandingOut) void this.#handOut();
  }

  async #handOut(): Promise<void> {
    this.#isHandingOut = true;
    while (this.#asked.size > 0) {
      await this.#dependencies.rush.passed();
      const asked = [...this.#asked.values()];
      this.#asked.clear();
      const here = asked.filter((ref) => !this.#running.has(keyOf(ref))).slice(0, await this.#room());
      for (const ref of here) void this.#reconcile(ref);
      await this.#poke(asked.filter((ref) => !here.includes(ref)));
    }
    this.#isHandingOut = false;
  }

  /** How many more orders may be reconciled here. None while an operator pauses the queue. */
  async #room(): Promise<number> {
    const { queues, stopping } = this.#dependencies;
    // If Redis cannot be asked, it takes no poke either, and that is logged.
    const isPaused = await queues
      .get('orders')
      .isPaused()
      .catch(() => true);
    return isPaused || stopping.aborted ? 0 : MOST_HERE - this.#running.size;
  }

  async #reconcile(ref: OrderRef): Promise<void> {
    const { reconciler, log } = this.#dependencies;
    this.#running.set(keyOf(ref), ref);
    try {
      await reconciler.reconcile(ref);
    } catch (error) {
      log.info({ ...ref, reason: describeError(error) }, 'not reconciled yet: left to the queue');
      await this.#poke([ref]);
    } finally {
      this.#running.delete(keyOf(ref));
    }
  }

  async #poke(refs: readonly OrderRef[]): Promise<void> {
    if (refs.length === 0) return;
    const { queues, log } = this.#dependencies;
    try {
      await queues.pokeAll(refs, 'webhook');
    } catch (error) {
      log.warn({ orders: refs.length, reason: describeError(error) }, 'not poked: left to the sweep');
    }
  }
}

function keyOf({ agentId, orderId }: OrderRef): string {
  return `${agentId}/${orderId}`;
}
