import {
  classify,
  hadNoEffect,
  type LastLook,
  type LoadedRecord,
  type Observed,
  type Runtime,
  StepError,
  throttled,
  type WriteMark,
} from '@fulfillment/platform';
import {
  agreeWithin,
  isWanted,
  judgeAbsence,
  type OrderRef,
  type OrderSnapshot,
  type Step,
  stepKey,
} from '@fulfillment/shared';

/** A read that does not show the effect of the step. */
type Empty = Pick<Observed, 'askedAt' | 'isOlder'>;

/** The input of a step that must take effect once: the order as recorded, under a lock. */
export interface Turn {
  record: LoadedRecord;
  /**
   * Call this after a read that does not show the step's effect, and before the write. An earlier
   * call may still take effect, or may have taken effect unseen.
   * @throws StepError (throttled) until it is certain that no earlier call took effect.
   */
  confirmAbsent(read: Empty): Promise<void>;
  /**
   * The last check before the write that the turn is still ours. From then on the turn lasts until
   * the write has ended.
   */
  lastLook: LastLook;
}

/**
 * Runs a step that writes to the marketplace while no other process runs it, and only if the order
 * still needs the step. Afterwards it asks what the order needs next. If the step is not wanted,
 * because it is done or the order moved on, nothing happens. After a write of unknown outcome the
 * order stays locked for as long as the write could still take effect. The next worker waits, reads
 * until the outcome is certain, and only then writes again.
 * @param work does the step.
 * @returns the order as it is after the step.
 */
export async function once(
  runtime: Runtime,
  ref: OrderRef,
  step: Step,
  work: (turn: Turn) => Promise<LoadedRecord>,
): Promise<void> {
  const { store, policy, reconciler, openWrites } = runtime;
  const name = `${step.name}:${ref.agentId}/${ref.orderId}`;
  const { lockMs, writeMs, beginWithinMs } = timesOf(runtime, step);
  const after = await runtime.locked(name, lockMs, async (lock) => {
    const record = await store.load(ref);
    if (record === null || !isWanted(record, policy, step, record.loadedAt)) return record;
    let begun: WriteMark | null = null;
    const lastLook = async (): Promise<void> => {
      const mark = openWrites.mark(ref, stepKey(step), await store.now());
      await lock.extend(writeMs, beginWithinMs, mark);
      begun = mark;
    };
    const confirmAbsent = (read: Empty) => absenceProven({ runtime, ref, step, effectMs: writeMs, read });
    try {
      const done = await work({ record, confirmAbsent, lastLook });
      if (begun !== null) await openWrites.close(begun);
      return done;
    } catch (error) {
      if (begun !== null) {
        if (hadNoEffect(error)) await openWrites.close(begun);
        else await lock.keep(writeMs);
      }
      if (error instanceof StepError && error.failure.isRateLimit === true) {
        const { reason } = error.failure;
        await store.append(ref, [
          { type: 'rate_limited', stepKey: stepKey(step), attempt: step.attempt, reason },
        ]);
      }
      throw error;
    }
  });
  await reconciler.reconcile(ref, after);
}

/** @throws StepError (throttled) while a read proves nothing about an earlier call of the step. */
async function absenceProven({ runtime, ref, step, effectMs, read }: AbsenceCheck): Promise<void> {
  const { openWrites, readLag, settings } = runtime;
  const open = await openWrites.find(ref, stepKey(step));
  if (open === null) return;
  const agreeMs = agreeWithin(settings.READS_AGREE_SECONDS * 1000, await readLag.current());
  const absence = judgeAbsence(open.write, read, { effectMs, agreeMs });
  if (absence.isCertain) return;
  await openWrites.note(open.mark, absence.write);
  const reason = `the outcome of an earlier call is unknown (${stepKey(step)}): the order is read again before the next one`;
  throw throttled(reason, Date.now() + (absence.readAgainAt - read.askedAt));
}

interface AbsenceCheck {
  runtime: Runtime;
  ref: OrderRef;
  step: Step;
  effectMs: number;
  read: Empty;
}

/**
 * How long locks last, and how long a call may take effect, in ms. Reading the order usually takes
 * less time than a call may take. A step whose read takes longer gives up before its write. A quote
 * or a message takes effect within 1.5 times the time that we wait for its answer. A delivery has a
 * setting of its own, because the marketplace fetches each image before it answers, for up to 120 s
 * in all (documented).
 */
function timesOf({ settings }: Runtime, { name }: Step) {
  const callMs = settings.MARKETPLACE_TIMEOUT_SECONDS * 1000;
  const ownMs = name === 'deliver' ? settings.DELIVER_EFFECT_SECONDS * 1000 : 0;
  const effectMs = Math.max(callMs, ownMs);
  const beginWithinMs = callMs / 2;
  return { lockMs: callMs, writeMs: effectMs + beginWithinMs, beginWithinMs };
}

/**
 * Makes a write that the marketplace rejects once the order has moved on. When the marketplace
 * rejects the write, this function reads the order, because the order may have been cancelled
 * between our read and our call.
 * @param record loaded right before.
 * @returns null when the write was made. Otherwise the order, which no longer waits for the write.
 */
export async function writeUnlessMovedOn(
  { reconciler }: Runtime,
  record: LoadedRecord,
  stillWaits: (order: OrderSnapshot) => boolean,
  write: () => Promise<void>,
): Promise<LoadedRecord | null> {
  try {
    await write();
    return null;
  } catch (error) {
    if (classify(error).kind !== 'permanent') throw error;
    const reading = await reconciler.observe(record);
    if (stillWaits(reading.snapshot)) throw error;
    return reading.record;
  }
}
