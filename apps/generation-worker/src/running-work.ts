import { describeError, type Runtime } from '@fulfillment/platform';
import { isWanted, type OrderRef, type Step } from '@fulfillment/shared';

interface Work {
  ref: OrderRef;
  step: Step;
  controller: AbortController;
}

/** How often long work checks whether it is still wanted, when no change was announced. */
const LOOK_EVERY_MS = 15_000;

/** Why work was aborted: the order no longer needs it. */
export class NoLongerWanted extends Error {
  override readonly name = 'NoLongerWanted';
}

/** The handlers that run in this process, so that work whose order was cancelled can be aborted. */
export class RunningWork {
  readonly #runtime: Runtime;
  readonly #lookEveryMs: number;
  readonly #works = new Set<Work>();

  constructor(runtime: Runtime, lookEveryMs = LOOK_EVERY_MS) {
    this.#runtime = runtime;
    this.#lookEveryMs = lookEveryMs;
  }

  /**
   * Runs `work` with a signal that is aborted with `NoLongerWanted` when the order no longer needs
   * the step.
   */
  async whileWanted<T>(ref: OrderRef, step: Step, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const entry: Work = { ref, step, controller: new AbortController() };
    this.#works.add(entry);
    const timer = setInterval(() => this.check(ref), this.#lookEveryMs);
    try {
      return await work(entry.controller.signal);
    } finally {
      clearInterval(timer);
      this.#works.delete(entry);
    }
  }

  /** Checks whether the work for an order is still wanted, and aborts the work if not. */
  check(ref: OrderRef): void {
    for (const work of this.#works) {
      if (work.ref.agentId !== ref.agentId || work.ref.orderId !== ref.orderId) continue;
      this.#abortIfUnwanted(work).catch((error: unknown) => {
        this.#runtime.log.warn(
          { ...ref, reason: describeError(error) },
          'cannot see whether work is still wanted',
        );
      });
    }
  }

  async #abortIfUnwanted({ ref, step, controller }: Work): Promise<void> {
    const { store, policy } = this.#runtime;
    const record = await store.load(ref);
    if (record !== null && isWanted(record, policy, step, record.loadedAt)) return;
    controller.abort(new NoLongerWanted(`the order no longer needs ${step.name}`));
  }
}
