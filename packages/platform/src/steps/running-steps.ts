import { isWanted, type OrderRef, type Step } from '@fulfillment/shared';
import type { Runtime } from '../process/runtime.ts';
import { describeError } from '../telemetry/failures.ts';
import { NoLongerWanted } from './no-longer-wanted.ts';

interface RunningStep {
  ref: OrderRef;
  step: Step;
  controller: AbortController;
}

/** How often a long step checks whether it is still wanted, when no change was announced. */
const CHECK_EVERY_MS = 15_000;

/** The long steps that run in this process. A step whose order is cancelled is aborted. */
export class RunningSteps {
  readonly #runtime: Pick<Runtime, 'log' | 'policy' | 'store'>;
  readonly #checkEveryMs: number;
  readonly #steps = new Set<RunningStep>();

  constructor(runtime: Pick<Runtime, 'log' | 'policy' | 'store'>, checkEveryMs = CHECK_EVERY_MS) {
    this.#runtime = runtime;
    this.#checkEveryMs = checkEveryMs;
  }

  /**
   * Runs `work` with a signal that is aborted with `NoLongerWanted` when the order no longer needs
   * the step.
   */
  async whileWanted<T>(
    { ref, step }: { ref: OrderRef; step: Step },
    work: (unwanted: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const running: RunningStep = { ref, step, controller: new AbortController() };
    this.#steps.add(running);
    const timer = setInterval(() => this.check(ref), this.#checkEveryMs);
    try {
      return await work(running.controller.signal);
    } finally {
      clearInterval(timer);
      this.#steps.delete(running);
    }
  }

  /** Checks whether the steps of an order are still wanted, and aborts those that are not. */
  check(ref: OrderRef): void {
    for (const running of this.#steps) {
      if (running.ref.agentId !== ref.agentId || running.ref.orderId !== ref.orderId) continue;
      this.#abortIfUnwanted(running).catch((error: unknown) => {
        this.#runtime.log.warn(
          { ...ref, reason: describeError(error) },
          'cannot see whether a running step is still wanted',
        );
      });
    }
  }

  async #abortIfUnwanted({ ref, step, controller }: RunningStep): Promise<void> {
    const { store, policy } = this.#runtime;
    const record = await store.load(ref);
    if (record !== null && isWanted(record, policy, { step, now: record.loadedAt })) return;
    controller.abort(new NoLongerWanted(`the order no longer needs ${step.name}`));
  }
}
