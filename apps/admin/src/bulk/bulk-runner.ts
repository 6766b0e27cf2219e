import { describeError, type Logger, type Queues, type RecordStore } from '@fulfillment/platform';
import { decide, type OrderRef, type Policy } from '@fulfillment/shared';
import { bulkFacts, DONE, FORGOTTEN, MOVED_ON, wasAnswered } from './answer-order.ts';
import type { BulkResult, BulkRun } from './bulk-run.ts';
import type { BulkStore } from './bulk-store.ts';

interface BulkRunnerOptions {
  bulk: BulkStore;
  store: RecordStore;
  queues: Pick<Queues, 'poke'>;
  policy: Policy;
  log: Logger;
  /** Runs the work unless another process runs it. @returns whether it ran. */
  alone: (name: string, work: () => Promise<void>) => Promise<boolean>;
}

/** How many orders are handled at once. */
const AT_ONCE = 10;
/** After how long the actions of a process that died are continued, in ms. */
const PERIOD_MS = 5000;

/**
 * Carries out bulk actions, order by order. The result of an order is written with its removal from
 * the list. If the process dies, another one continues with the orders that are left.
 */
export class BulkRunner {
  readonly #options: BulkRunnerOptions;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #isClosing = false;

  constructor(options: BulkRunnerOptions) {
    this.#options = options;
  }

  /** Continues unfinished actions, now and at every period. */
  start(): void {
    this.wake();
    this.#timer = setInterval(() => this.wake(), PERIOD_MS);
  }

  /** Begins with the started actions at once. */
  wake(): void {
    this.#running = this.#running.then(() => this.#runAll());
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    clearInterval(this.#timer);
    await this.#running;
  }

  async #runAll(): Promise<void> {
    const { bulk, alone, log } = this.#options;
    try {
      for (const id of await bulk.active()) {
        if (this.#isClosing) return;
        await alone(`bulk:${id}`, () => this.#run(id));
      }
    } catch (error) {
      log.warn({ reason: describeError(error) }, 'bulk actions wait: the next attempt follows');
    }
  }

  async #run(id: string): Promise<void> {
    const { bulk, log } = this.#options;
    const run = await bulk.read(id);
    if (run === null) return bulk.drop(id);
    while (!this.#isClosing) {
      const refs = await bulk.next(id, AT_ONCE);
      if (refs.length === 0) {
        await bulk.finish(id);
        log.info({ bulk: id, action: run.action, orders: run.total, by: run.by }, 'bulk action finished');
        return;
      }
      await Promise.all(refs.map(async (ref) => bulk.note(id, ref, await this.#answer(ref, run))));
    }
  }

  /** An order that fails keeps none of the others from their turn. */
  async #answer(ref: OrderRef, run: BulkRun): Promise<BulkResult> {
    const { store, queues, policy, log } = this.#options;
    try {
      const record = await store.load(ref);
      if (record === null) return FORGOTTEN;
      const order = { record, decision: decide(record, policy, record.loadedAt) };
      const facts = bulkFacts(order, run);
      const isAnswered = wasAnswered(order, run, run.startedAt ?? run.createdAt);
      if (run.action !== 'read' && facts.length === 0 && !isAnswered) return MOVED_ON;
      // The process that began the action may have ended between the fact and the result. The order
      // may have failed again since then. One bulk action answers an order once.
      if (!isAnswered) await store.append(ref, facts);
      await queues.poke(ref, 'operator');
      return DONE;
    } catch (error) {
      log.warn({ ...ref, bulk: run.id, reason: describeError(error) }, 'a bulk action failed for an order');
      return { outcome: 'failed', detail: describeError(error) };
    }
  }
}
