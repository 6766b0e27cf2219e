import { aborted } from '@fulfillment/handlers';
import { describeError, type Runtime } from '@fulfillment/platform';

/** Orders poked by one sweep at most: a backlog is looked through bit by bit. */
const SWEEP_LIMIT = 500;
/** An order that a sweep poked is left alone by sweeps for this long, unless reconcile says otherwise. */
const PUT_OFF_MS = 60_000;

/** Finished orders forgotten by one sweep at most. */
const FORGET_LIMIT = 200;
const DAY_MS = 24 * 3600_000;
/** How long one sweep removes files: a store that does not answer holds up no other work. */
const REMOVE_WITHIN_MS = 10_000;

/** Removes the files of an order. */
export type RemoveFiles = (orderId: string, signal: AbortSignal) => Promise<void>;

/**
 * Pokes the unfinished orders whose time to be looked at has come: what a crash or a lost webhook left behind goes on.
 * Forgets those that have been finished for so many days, and removes their files; what cannot be removed now is tried again by the
 * sweeps that follow.
 */
export async function sweep(
  { store, queues, log }: Runtime,
  retentionDays: number,
  removeFiles: RemoveFiles,
  removeWithinMs = REMOVE_WITHIN_MS,
): Promise<void> {
  const due = await store.index.takeDue(SWEEP_LIMIT, PUT_OFF_MS);
  await queues.pokeAll(due, 'sweep');
  if (due.length > 0) log.debug({ orders: due.length }, 'swept');
  const forgotten = await store.retention.forgetFinished(retentionDays * DAY_MS, FORGET_LIMIT);
  if (forgotten.length > 0) log.info({ orders: forgotten.length }, 'forgot orders that finished long ago');

  const signal = AbortSignal.timeout(removeWithinMs);
  for (const ref of await store.retention.leftBehind(FORGET_LIMIT)) {
    try {
      signal.throwIfAborted();
      await Promise.race([removeFiles(ref.orderId, signal), aborted(signal)]);
      await store.retention.allRemoved(ref);
    } catch (error) {
      log.warn(
        { ...ref, reason: describeError(error) },
        'the files of a forgotten order cannot be removed now: the next sweep tries again',
      );
      if (signal.aborted) return;
    }
  }
}
