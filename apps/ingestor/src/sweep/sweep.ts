import { describeError, findAtRest, type Runtime } from '@fulfillment/platform';
import { aborted } from '@fulfillment/shared';

/** The most orders that one sweep pokes. Several sweeps work through a backlog. */
const SWEEP_LIMIT = 500;
/**
 * For this long, sweeps leave an order alone that a sweep poked, unless reconcile says otherwise.
 */
const PUT_OFF_MS = 60_000;

/** The most finished orders that one sweep forgets. */
const FORGET_LIMIT = 200;
const DAY_MS = 24 * 3600_000;
/** How long one sweep removes files. A store that does not answer must not hold up other work. */
const REMOVE_WITHIN_MS = 10_000;

/** How long finished orders are kept, and how their files are removed. */
export interface Retention {
  retentionDays: number;
  /** Removes the files of an order. */
  removeFiles: (orderId: string, signal: AbortSignal) => Promise<void>;
  /** For how long one sweep removes files, in ms. */
  removeWithinMs?: number;
}

/**
 * Pokes the unfinished orders that are due, so that orders go on after a crash or a lost webhook.
 * An order whose job waits needs no poke, and is only put off. Forgets the orders that have been
 * finished for the configured number of days, and removes their files. If files cannot be removed
 * now, the next sweeps try again.
 */
export async function sweep(
  runtime: Runtime,
  { retentionDays, removeFiles, removeWithinMs = REMOVE_WITHIN_MS }: Retention,
): Promise<void> {
  const { store, queues, log } = runtime;
  const due = await store.index.takeDue(SWEEP_LIMIT, PUT_OFF_MS);
  const atRest = await findAtRest(runtime, due.refs, due.takenAt);
  await store.index.putOff(due, atRest);
  const poked = due.refs.filter((ref) => !atRest.has(ref));
  await queues.pokeAll(poked, 'sweep');
  if (due.refs.length > 0) log.debug({ orders: poked.length, atRest: atRest.size }, 'swept');
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
