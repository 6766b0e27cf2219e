import { type Fact, isWanted, type Step, stepKey } from '@fulfillment/shared';
import type { JobContext } from '../jobs/worker.ts';
import type { LoadedRecord } from '../record-store/loaded-record.ts';
import { StepError } from '../telemetry/failures.ts';
import type { StepDependencies } from './dependencies.ts';
import { type FollowUp, FollowUps } from './follow-up.ts';
import { NoLongerWanted } from './no-longer-wanted.ts';
import { StepRun } from './step-run.ts';
import { type StepName, type StepPayload, type StepTask, stepOf } from './step-task.ts';
import { withWriteLease } from './write-lease.ts';
import type { OnceWork } from './write-run.ts';
import { WriteRun } from './write-run.ts';

/** Runs the job of a step. */
type StepProcessor = (payload: StepPayload, job: JobContext) => Promise<void>;

/** Records for a human that a step failed for good. */
type GiveUp = (name: StepName, payload: StepPayload, reason: string) => Promise<void>;

/**
 * Turns what steps do into the processors of a worker. Around each step the processor loads the
 * record, checks that the order still needs the step, appends the facts, and asks what the order
 * needs next. A step that writes to the marketplace also has a lease. A step that is not needed,
 * because it is done or the order moved on, does nothing.
 */
export class StepWorker {
  readonly #dependencies: StepDependencies;
  readonly #followUps: FollowUps;

  constructor(dependencies: StepDependencies) {
    this.#dependencies = dependencies;
    this.#followUps = new FollowUps(dependencies);
  }

  /**
   * A step that may take effect twice without harm.
   * @param work does the step.
   * @returns from `work`: the facts that end the step. None: the order turned out not to need it.
   */
  repeatable<N extends StepName>(name: N, work: (run: StepRun<N>) => Promise<Fact[]>): StepProcessor {
    return async (payload, job) => {
      const task = { ...stepOf(name, payload), job };
      const { reconciler, store } = this.#dependencies;
      const record = await store.load(task.ref);
      const after = this.#isWanted(task, record)
        ? await this.#attempt(task, async () => {
            const run = new StepRun(this.#dependencies, task, record);
            return run.append(...(await work(run)));
          })
        : record;
      await reconciler.reconcile(task.ref, after);
    };
  }

  /**
   * A step that writes to the marketplace, and must take effect once. No other process runs it
   * meanwhile. See `withWriteLease`.
   * @param work as for `repeatable`.
   * @param followUp runs in the same job if the order needs it next. See `FollowUps`.
   */
  once<N extends StepName, F extends StepName = never>(
    name: N,
    work: OnceWork<N>,
    followUp?: FollowUp<F>,
  ): StepProcessor {
    return async (payload, job) => {
      const task = { ...stepOf(name, payload), job };
      let after = await this.#runOnce(task, work);
      if (followUp !== undefined && after !== null) {
        const run = (next: StepTask<F>) => this.#runOnce(next, followUp.work);
        after = await this.#followUps.run(task, after, { ...followUp, run });
      }
      await this.#dependencies.reconciler.reconcile(task.ref, after);
    };
  }

  async #runOnce<N extends StepName>(task: StepTask<N>, work: OnceWork<N>): Promise<LoadedRecord | null> {
    return withWriteLease(this.#dependencies, task, async (lease, record) => {
      if (!this.#isWanted(task, record)) return [];
      return this.#attempt(task, () => work(new WriteRun(this.#dependencies, task, { record, lease })));
    });
  }

  /**
   * Gives a step up.
   * @param facts the facts that show the failure to a human.
   */
  giveUp(facts: (step: Step, reason: string) => Fact[]): GiveUp {
    return async (name, payload, reason) => {
      const { store, reconciler } = this.#dependencies;
      const { ref, step } = stepOf(name, payload);
      const record = await store.appendAndLoad(ref, facts(step, reason));
      await reconciler.reconcile(ref, record);
    };
  }

  #isWanted({ step }: StepTask<StepName>, record: LoadedRecord | null): record is LoadedRecord {
    return record !== null && isWanted(record, this.#dependencies.policy, { step, now: record.loadedAt });
  }

  /** @returns what `run` returns. Null: the order no longer needed the step, which was aborted. */
  async #attempt<T>({ ref, step, job }: StepTask<StepName>, run: () => Promise<T>): Promise<T | null> {
    try {
      return await run();
    } catch (error) {
      if (error instanceof NoLongerWanted) {
        job.log.info('step aborted: the order no longer needs it');
        return null;
      }
      if (error instanceof StepError && error.failure.isRateLimit === true) {
        const { attempt } = step;
        const { reason } = error.failure;
        const limited: Fact = { type: 'rate_limited', stepKey: stepKey(step), attempt, reason };
        await this.#dependencies.store.append(ref, [limited]);
      }
      throw error;
    }
  }
}
