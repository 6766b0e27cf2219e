import { type OrderRef, type Step, stepKey, subjectName } from '@fulfillment/shared';
import type { LastLook } from '../marketplace/counted-calls.ts';
import type { WriteMark } from '../marketplace/open-writes.ts';
import type { LoadedRecord } from '../record-store/loaded-record.ts';
import { hadNoEffect } from '../telemetry/failures.ts';
import type { StepDependencies } from './dependencies.ts';

/** The right to make one step's write to the marketplace. One process at a time holds it. */
export interface WriteLease {
  /**
   * The last check before the write that the lease is still ours. From then on the lease lasts
   * until the write has ended.
   */
  lastLook: LastLook;
  /** How long a write may still take effect after it began, in ms. */
  effectMs: number;
}

/**
 * Runs a step that writes to the marketplace while no other process runs it. After a write of
 * unknown outcome the lease stays taken for as long as the write could still take effect. The next
 * worker waits, reads until the outcome is certain, and only then writes again.
 * @param work loads the record, makes the write, and records its outcome.
 * @throws StepError (throttled) while another process holds the lease.
 */
export async function withWriteLease(
  { locked, openWrites, settings, store }: StepDependencies,
  { ref, step }: { ref: OrderRef; step: Step },
  work: (lease: WriteLease) => Promise<LoadedRecord | null>,
): Promise<LoadedRecord | null> {
  const { lockMs, effectMs, beginWithinMs } = timesOf(settings, step);
  return locked(`${step.name}:${subjectName(ref)}`, lockMs, async (lock) => {
    let begun: WriteMark | null = null;
    const lastLook = async (): Promise<void> => {
      const mark = openWrites.mark(ref, stepKey(step), await store.now());
      await lock.extend(effectMs, beginWithinMs, mark);
      begun = mark;
    };
    try {
      const record = await work({ lastLook, effectMs });
      if (begun !== null) await openWrites.close(begun);
      return record;
    } catch (error) {
      if (begun !== null) {
        if (hadNoEffect(error)) await openWrites.close(begun);
        else await lock.keep(effectMs);
      }
      throw error;
    }
  });
}

/**
 * How long locks last, and how long a call may take effect, in ms. Reading the order usually takes
 * less time than a call may take. A step whose read takes longer gives up before its write. A quote
 * or a message takes effect within 1.5 times the time that we wait for its answer. A delivery has a
 * setting of its own, because the marketplace fetches each image before it answers, for up to 120 s
 * in all (documented).
 */
function timesOf(settings: StepDependencies['settings'], { name }: Step) {
  const callMs = settings.MARKETPLACE_TIMEOUT_SECONDS * 1000;
  const ownMs = name === 'deliver' ? settings.DELIVER_EFFECT_SECONDS * 1000 : 0;
  const beginWithinMs = callMs / 2;
  return { lockMs: callMs, effectMs: Math.max(callMs, ownMs) + beginWithinMs, beginWithinMs };
}
