import type { Runtime } from '@fulfillment/platform';

/** Orders poked by one sweep at most: a backlog is looked through bit by bit. */
const SWEEP_LIMIT = 500;
/** An order that a sweep poked is left alone by sweeps for this long, unless reconcile says otherwise. */
const PUT_OFF_MS = 60_000;

/** Pokes the unfinished orders whose time to be looked at has come: what a crash or a lost webhook left behind goes on. */
export async function sweep({ store, queues, log }: Runtime): Promise<void> {
  const due = await store.takeDue(SWEEP_LIMIT, PUT_OFF_MS);
  for (const ref of due) await queues.poke(ref, 'sweep');
  if (due.length > 0) log.debug({ orders: due.length }, 'swept');
}
