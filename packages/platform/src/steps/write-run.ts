import {
  agreeWithin,
  type Fact,
  isWanted,
  judgeAbsence,
  type OrderSnapshot,
  stepKey,
} from '@fulfillment/shared';
import type { LastLook } from '../marketplace/counted-calls.ts';
import { openWriteOf } from '../marketplace/open-writes.ts';
import type { Observed } from '../reconcile/observe-order.ts';
import type { LoadedRecord } from '../record-store/loaded-record.ts';
import { classify, throttled } from '../telemetry/failures.ts';
import type { StepDependencies } from './dependencies.ts';
import { NoLongerWanted } from './no-longer-wanted.ts';
import { StepRun } from './step-run.ts';
import type { StepName, StepTask } from './step-task.ts';
import type { WriteLease } from './write-lease.ts';

/** Does a step that takes effect once. @returns the facts that end the step. */
export type OnceWork<N extends StepName> = (run: WriteRun<N>) => Promise<Fact[]>;

/** A write that the marketplace rejects once the order has moved on. */
export interface ConditionalWrite<T> {
  /** Recorded right before the call. See `WriteLease`. */
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

  /** Whether an earlier call of the step may have taken effect, or still may. */
  get hasOpenWrite(): boolean {
    return openWriteOf(this.record, this.step) !== null;
  }

  /**
   * Call this right before the write, once the budget has admitted it. See `WriteLease`.
   * @returns the record with the intent.
   * @throws NoLongerWanted when the order has moved on since the record was read.
   */
  async begin(intent: Fact): Promise<LoadedRecord> {
    // This process stops, or lost its job to another worker.
    this.job.signal.throwIfAborted();
    const { policy } = this.dependencies;
    const record = this.renew(await this.#lease.begin(intent));
    if (isWanted(record, policy, { step: this.step, now: record.loadedAt })) return record;
    throw new NoLongerWanted(`the order no longer needs ${this.step.name}`);
  }

  /**
   * Call this after a read that does not show the step's effect, and before the write. An earlier
   * call may still take effect, or may have taken effect unseen.
   * @throws StepError (throttled) until it is certain that no earlier call took effect.
   */
  async confirmAbsent(read: Pick<Observed, 'askedAt' | 'isOlder'>): Promise<void> {
    const { openWrites, readLag, settings } = this.dependencies;
    const open = openWriteOf(this.record, this.step);
    if (open === null) return;
    const agreeMs = agreeWithin(settings.READS_AGREE_SECONDS * 1000, await readLag.current());
    const absence = judgeAbsence(open.write, read, { effectMs: this.#lease.effectMs, agreeMs });
    if (absence.isCertain) return;
    await openWrites.note(this.ref, open.mark, absence.write);
    const reason = `the outcome of an earlier call is unknown (${stepKey(this.step)}): the order is read again before the next one`;
    throw throttled(reason, Date.now() + (absence.readAgainAt - read.askedAt));
  }

  /**
   * Makes the write. If the marketplace rejects it, the run reads the order, because the order may
   * have moved on since the last read.
   * @returns the answer, or null when the order no longer waits for the write.
   * @throws the rejection, when the order still waits for the write.
   */
  async write<T>({ intent, stillWaits, call }: ConditionalWrite<T>): Promise<T | null> {
    try {
      return await call(async () => {
        await this.begin(intent);
      });
    } catch (error) {
      if (classify(error).kind !== 'permanent') throw error;
      const { snapshot } = await this.readOrder();
      if (stillWaits(snapshot)) throw error;
      return null;
    }
  }
}
