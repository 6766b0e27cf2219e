import type { QueueName } from '@fulfillment/shared';

/** BullMQ's priorities are whole numbers up to this limit. The lowest number goes first. */
const LAST = 2 ** 21;
/**
 * Due times within this many minutes share a priority. The priorities then last for 19 years from
 * here.
 */
const PRIORITY_STEP_MS = 5 * 60_000;
const PRIORITY_EPOCH = Date.UTC(2026, 0, 1);

/**
 * The priority of a job in a queue. Messages keep their order.
 * @param dueAt when the order's delivery is due, in ms since the epoch.
 */
export function priorityIn(queue: QueueName, dueAt: number): number {
  return queue === 'messages' ? 0 : priorityOf(dueAt);
}

function priorityOf(dueAt: number): number {
  return Math.max(1, Math.min(LAST, Math.ceil((dueAt - PRIORITY_EPOCH) / PRIORITY_STEP_MS)));
}
