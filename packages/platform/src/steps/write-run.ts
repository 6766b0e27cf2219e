import { agreeWithin, type Fact, judgeAbsence, type OrderSnapshot, stepKey } from '@fulfillment/shared';
import type { LastLook } from '../marketplace/counted-calls.ts';
import type { Observed } from '../reconcile/observe-order.ts';
import type { LoadedRecord } from '../record-store/loaded-record.ts';
import { classify, throttled } from '../telemetry/failures.ts';
import type { StepDependencies } from './dependencies.ts';
import { StepRun } from './step-run.ts';
import type { StepName, StepTask } from './step-task.ts';
import type { WriteLease } from './write-lease.ts';

/** Does a step that takes effect once. @returns the facts that end the step. */
export type OnceWork<N extends StepName> = (run: WriteRun<N>) => Promise<Fact[]>;

/** A write that the marketplace rejects once the order has moved on. */
export interface ConditionalWrite<T> {
  /** Recorded before the call. */
  intent: Fact;
  /** Whether the order still waits for the write. */
  stillWaits: (order: OrderSnapshot) => boolean;
  call: (lastLook: LastLook) => Promise<T>;
}

/** One run of a step that writes to the marketplace, and must take effect once. */
export class WriteRun<N extends StepName> extends StepRun<N> {
  readonly #lease: WriteLease;

  constructor(
    dependencies: StepDependencies,
    task: StepTask<N>,
    { record, lease }: { record: LoadedRecord; lease: WriteLease },
  ) {
    super(dependencies, task, record);
    this.#lease = lease;
  }

  /** The marketplace client calls this check right before the write. See `WriteLease`. */
  get lastLook(): LastLook {
    return this.#lease.lastLook;
  }

  /**
   * Call this after a read that does not show the step's effect, and before the write. An earlier
   * call may still take effect, or may have taken effect unseen.
   * @throws StepError (throttled) until it is certain that no earlier call took effect.
   */
  async confirmAbsent(read: Pick<Observed, 'askedAt' | 'isOlder'>): Promise<void> {
    const { openWrites, readLag, settings } = this.dependencies;
    const key = stepKey(this.step);
    const open = await openWrites.find(this.ref, key);
    if (open === null) return;
    const agreeMs = agreeWithin(settings.READS_AGREE_SECONDS * 1000, await readLag.current());
    const absence = judgeAbsence(open.write, read, { effectMs: this.#lease.effectMs, agreeMs });
    if (absence.isCertain) return;
    await openWrites.note(open.mark, absence.write);
    const reason = `the outcome of an earlier call is unknown (${key}): the order is read again before the next one`;
    throw throttled(reason, Date.now() + (absence.readAgainAt - read.askedAt));
  }

  /**
   * Records the intent, and makes the write. If the marketplace rejects the write, the run reads
   * the order, because the order may have moved on since the last read.
   * @returns the answer, or null when the order no longer waits for the write.
   * @throws the rejection, when the order still waits for the write.
   */
  async write<T>({ intent, stillWaits, call }: ConditionalWrite<T>): Promise<T | null> {
    await this.append(intent);
    try {
      return await call(this.lastLook);
    } catch (error) {
      if (classify(error).kind !== 'permanent') throw error;
      const { snapshot } = await this.readOrder();
      if (stillWaits(snapshot)) throw error;
      return null;
    }
  }
}
