import { decide, type Fact, jobFor, type Step, stepKey } from '@fulfillment/shared';
import { asksNothing } from '../reconcile/asks-nothing.ts';
import type { LoadedRecord } from '../record-store/loaded-record.ts';
import { classify } from '../telemetry/failures.ts';
import type { StepDependencies } from './dependencies.ts';
import { FollowUpSlots } from './follow-up-slots.ts';
import type { StepName, StepNamed, StepTask } from './step-task.ts';
import type { OnceWork } from './write-run.ts';

/** A step that may run in the job of the step before it. */
export interface FollowUp<N extends StepName> {
  name: N;
  work: OnceWork<N>;
  /** The facts that show to a human that the step failed for good. */
  failed: (step: Step, reason: string) => Fact[];
}

/**
 * Runs an order's next step in the job of the step before it, because another job would cost a
 * dozen trips to Redis.
 *
 * The job is the safety net. If the process dies, another worker takes the job over, finds its own
 * step done, and reconciles the order, which gives the follow-up a job. If the follow-up fails or
 * must wait, it gets a job at once. If it fails for good, it is given up here, because its job
 * would only repeat the rejected call.
 */
export class FollowUps {
  readonly #dependencies: StepDependencies;
  readonly #slots = new FollowUpSlots();

  constructor(dependencies: StepDependencies) {
    this.#dependencies = dependencies;
  }

  /**
   * Runs the follow-up if it is all that the order needs, and its queue is not paused.
   * @param record the record after the step before.
   * @returns the record for the reconcile that follows. Null: it must be loaded.
   */
  async run<N extends StepName>(
    { ref, job }: StepTask<StepName>,
    record: LoadedRecord,
    followUp: Omit<FollowUp<N>, 'work'> & { run: (task: StepTask<N>) => Promise<LoadedRecord | null> },
  ): Promise<LoadedRecord | null> {
    if (!this.#slots.isOpen()) return record;
    const { policy, queues, store } = this.#dependencies;
    const decision = decide(record, policy, record.loadedAt);
    const step = decision.steps.find((one): one is StepNamed<N> => one.name === followUp.name);
    if (step === undefined || decision.steps.length > 1 || !asksNothing(decision)) return record;
    if (await queues.get(jobFor(ref, step).queue).isPaused()) return record;
    // Another follow-up may have begun meanwhile.
    if (!this.#slots.isOpen()) return record;
    const log = job.log.child({ step: stepKey(step) });
    const task = { ref, step, job: { ...job, log, tryNumber: 1, heldSince: null } };
    try {
      const after = await this.#slots.hold(() => followUp.run(task));
      this.#slots.prove();
      return after;
    } catch (error) {
      const { kind, reason } = classify(error);
      if (kind === 'permanent') {
        this.#slots.prove();
        log.error({ reason }, 'step failed for good');
        return await store.appendAndLoad(ref, followUp.failed(step, reason));
      }
      // A step that must wait says nothing about the next order's step.
      if (kind !== 'throttled') this.#slots.rest();
      log.info({ kind, reason }, 'the next step is left to its queue');
      return null;
    }
  }
}
