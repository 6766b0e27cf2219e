import { classify, type LastLook, type LoadedRecord, type Runtime } from '@fulfillment/platform';
import { isWanted, type OrderRef, type OrderSnapshot, type Step } from '@fulfillment/shared';

/** The lock of a write lasts longer than the call's own time-out, by so much. */
const BEYOND_TIMEOUT = 1.5;

/** What a step that must take effect once is given: the order as recorded, under a lock. */
export interface Turn {
  record: LoadedRecord;
  /** The last look before the write: is the turn still ours? From then on it lasts until the write has ended. */
  lastLook: LastLook;
}

/**
 * Runs a step that writes to the marketplace while no other process runs it, and only if the order still needs it; then asks
 * what the order needs next. A step that is not wanted is done, or moved on: nothing happens.
 * @param work does the step. @returns the order as it stands after it.
 */
export async function once(
  runtime: Runtime,
  ref: OrderRef,
  step: Step,
  work: (turn: Turn) => Promise<LoadedRecord>,
): Promise<void> {
  const { store, policy, reconciler, settings } = runtime;
  // Longer than reading the order usually takes; a step that takes longer gives up before its write.
  const lockMs = settings.CALL_TIMEOUT_SECONDS * 1000;
  const name = `${step.name}:${ref.agentId}/${ref.orderId}`;
  const after = await runtime.locked(name, lockMs, async (lock) => {
    const record = await store.load(ref);
    if (record === null || !isWanted(record, policy, step, record.loadedAt)) return record;
    return work({ record, lastLook: () => lock.extend(lockMs * BEYOND_TIMEOUT) });
  });
  await reconciler.reconcile(ref, after);
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
