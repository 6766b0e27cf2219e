import type { ArtifactStore } from '@fulfillment/handlers';
import { describeError, type Runtime } from '@fulfillment/platform';

/** Orders poked by one sweep at most: a backlog is looked through bit by bit. */
const SWEEP_LIMIT = 500;
/** An order that a sweep poked is left alone by sweeps for this long, unless reconcile says otherwise. */
const PUT_OFF_MS = 60_000;

/** Finished orders forgotten by one sweep at most. */
const FORGET_LIMIT = 200;
const DAY_MS = 24 * 3600_000;

/**
 * Pokes the unfinished orders whose time to be looked at has come: what a crash or a lost webhook left behind goes on.
 * Forgets those that have been finished for so many days, and removes their files.
 */
export async function sweep(
  { store, queues, log }: Runtime,
  retentionDays: number,
  artifacts: Pick<ArtifactStore, 'removeOrder'>,
): Promise<void> {
  const due = await store.takeDue(SWEEP_LIMIT, PUT_OFF_MS);
  await queues.pokeAll(due, 'sweep');
  if (due.length > 0) log.debug({ orders: due.length }, 'swept');
  const forgotten = await store.forgetFinished(retentionDays * DAY_MS, FORGET_LIMIT);
  if (forgotten.length > 0) log.info({ orders: forgotten.length }, 'forgot orders that finished long ago');
  for (const { orderId } of forgotten) {
    await artifacts.removeOrder(orderId).catch((error: unknown) => {
      log.error(
        { orderId, reason: describeError(error) },
        'the files of a forgotten order cannot be removed',
      );
    });
  }
}
