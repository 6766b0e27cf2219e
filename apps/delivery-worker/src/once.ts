import { classify, hadNoEffect, type LastLook, type LoadedRecord, type Runtime } from '@fulfillment/platform';
import { isWanted, type OrderRef, type OrderSnapshot, type Step } from '@fulfillment/shared';

/** What a step that must take effect once is given: the order as recorded, under a lock. */
export interface Turn {
  record: LoadedRecord;
  /** The last look before the write: is the turn still ours? From then on it lasts until the write has ended. */
  lastLook: LastLook;
}

/**
 * Runs a step that writes to the marketplace while no other process runs it, and only if the order still needs it; then asks
 * what the order needs next. A step that is not wanted is done, or moved on: nothing happens. After a write of unknown outcome
 * the order stays locked for as long as the write could still take effect: whoever comes next waits, then looks, and only then
 * writes again.
 * @param work does the step. @returns the order as it stands after it.
 */
export async function once(
  runtime: Runtime,
  ref: OrderRef,
  step: Step,
  work: (turn: Turn) => Promise<LoadedRecord>,
): Promise<void> {
  const { store, policy, reconciler } = runtime;
  const name = `${step.name}:${ref.agentId}/${ref.orderId}`;
  const { lockMs, writeMs, beginWithinMs } = timesOf(runtime);
  const after = await runtime.locked(name, lockMs, async (lock) => {
    const record = await store.load(ref);
    if (record === null || !isWanted(record, policy, step, record.loadedAt)) return record;
    let hasBegun = false;
    const lastLook = async (): Promise<void> => {
      await lock.extend(writeMs, beginWithinMs);
      hasBegun = true;
    };
    try {
      return await work({ record, lastLook });
    } catch (error) {
      if (hasBegun && !hadNoEffect(error)) await lock.keep(writeMs);
      throw error;
    }
  });
  await reconciler.reconcile(ref, after);
}

/**
 * How long locks last, in ms. Reading the order usually takes less than a call may; a step that takes longer gives up before its
 * write. A write ends within a call's time, and what became of one that nobody heard the end of is settled within half as long
 * again.
 */
function timesOf({ settings }: Runtime): { lockMs: number; writeMs: number; beginWithinMs: number } {
  const callMs = settings.MARKETPLACE_TIMEOUT_SECONDS * 1000;
  return { lockMs: callMs, writeMs: 1.5 * callMs, beginWithinMs: callMs / 2 };
}

/**
 * Makes a write that the marketplace refuses once the order moved on. When it refuses, the order is read: it may have been
 * cancelled between our look and our call.
 * @param record loaded right before.
 * @returns null when the write was made; else the order, which no longer waits for it.
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
