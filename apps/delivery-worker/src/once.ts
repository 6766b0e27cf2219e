import { classify, type LastLook, type Runtime } from '@fulfillment/platform';
import {
  isWanted,
  type OrderRecord,
  type OrderRef,
  type OrderSnapshot,
  type Step,
} from '@fulfillment/shared';

/** Longer than reading the order usually takes; a step that takes longer gives up before its write. */
const LOCK_MS = 30_000;
/** Longer than one write with its time-out of 30 s. */
const WRITE_MS = 45_000;

/** What a step that must take effect once is given: the order as recorded, under a lock. */
export interface Turn {
  record: OrderRecord;
  /** The last look before the write: is the turn still ours? From then on it lasts until the write has ended. */
  lastLook: LastLook;
}

/**
 * Runs a step that writes to the marketplace while no other process runs it, and only if the order still needs it; then asks
 * what the order needs next. A step that is not wanted is done, or moved on: nothing happens.
 */
export async function once(
  runtime: Runtime,
  ref: OrderRef,
  step: Step,
  work: (turn: Turn) => Promise<void>,
): Promise<void> {
  const { store, policy, reconciler } = runtime;
  const name = `${step.name}:${ref.agentId}/${ref.orderId}`;
  await runtime.locked(name, LOCK_MS, async (lock) => {
    const [record, now] = await Promise.all([store.load(ref), store.now()]);
    if (record === null || !isWanted(record, policy, step, now)) return;
    await work({ record, lastLook: () => lock.extend(WRITE_MS) });
  });
  await reconciler.reconcile(ref);
}

/**
 * Makes a write that the marketplace refuses once the order moved on. When it refuses, the order is read: it may have been
 * cancelled between our look and our call.
 * @returns whether the write was made; false: the order no longer waits for it.
 */
export async function writeUnlessMovedOn(
  { reconciler }: Runtime,
  ref: OrderRef,
  stillWaits: (order: OrderSnapshot) => boolean,
  write: () => Promise<void>,
): Promise<boolean> {
  try {
    await write();
    return true;
  } catch (error) {
    if (classify(error).kind !== 'permanent') throw error;
    const { snapshot } = await reconciler.observe(ref);
    if (stillWaits(snapshot)) throw error;
    return false;
  }
}
