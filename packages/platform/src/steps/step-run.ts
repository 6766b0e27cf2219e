import type { Fact, OrderRef } from '@fulfillment/shared';
import type { JobContext } from '../jobs/worker.ts';
import type { Observed } from '../reconcile/observe-order.ts';
import type { LoadedRecord } from '../record-store/loaded-record.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { StepDependencies } from './dependencies.ts';
import type { StepName, StepNamed, StepTask } from './step-task.ts';

/** One run of a step that the order needs: what the step may know and do. */
export class StepRun<N extends StepName> {
  readonly ref: OrderRef;
  readonly step: StepNamed<N>;
  /** The context of the job that runs the step. */
  readonly job: JobContext;
  protected readonly dependencies: StepDependencies;
  #record: LoadedRecord;

  constructor(dependencies: StepDependencies, task: StepTask<N>, record: LoadedRecord) {
    this.dependencies = dependencies;
    this.ref = task.ref;
    this.step = task.step;
    this.job = task.job;
    this.#record = record;
  }

  get log(): Logger {
    return this.job.log;
  }

  /** The newest record that this run has loaded, with the facts that it has written. */
  get record(): LoadedRecord {
    return this.#record;
  }

  /** Reads the order from the marketplace, and stores the answer. See `Reconciler.observe`. */
  async observe(): Promise<Observed> {
    return this.readOrder(this.job.signal);
  }

  /**
   * Appends facts before the step ends, such as the address of a published file.
   * @returns the record with them.
   */
  async append(...facts: Fact[]): Promise<LoadedRecord> {
    if (facts.length === 0) return this.#record;
    return this.renew(await this.dependencies.store.appendAndLoad(this.ref, facts));
  }

  /** The caller has loaded a newer record. */
  protected renew(record: LoadedRecord): LoadedRecord {
    this.#record = record;
    return record;
  }

  protected async readOrder(signal?: AbortSignal): Promise<Observed> {
    const observed = await this.dependencies.reconciler.observe(this.#record, signal);
    this.renew(observed.record);
    return observed;
  }
}
