import { setTimeout as delay } from 'node:timers/promises';
import { waitFor } from '@fulfillment/processes';
import type { Fleet } from '../fleet/fleet.ts';
import { WRITE_LOCK_MS } from '../fleet/fleet-settings.ts';
import type { Freeze } from '../fleet/supervisor.ts';
import type { Luck } from '../luck.ts';

/** Reads are so slow that there is time to act during a read. */
const READ_MS = 1500;
const SLOW_READS = 30;
const FRESH_WITHIN_MS = 8000;
/**
 * The time within which another worker takes a job over from a stopped worker, and completes it.
 */
const TAKEN_OVER_WITHIN_MS = 20_000;

/**
 * A worker reads an order that it is to deliver, and stops before the delivery. Another worker
 * takes over and delivers. Then the first worker continues. Only the lock keeps it from a second
 * delivery, because it read the order before the first one.
 * @returns null if this situation did not arise.
 */
export async function overtake(
  { market, members, view, holdRedis }: Fleet,
  luck: Luck,
): Promise<Freeze | null> {
  const workers = members.filter(({ app }) => app === 'delivery-worker');
  const first = luck.pick(workers);
  const other = workers.find((worker) => worker !== first);
  // The other worker is stopped, so the first worker takes every new job.
  const letOther = other?.hold();
  if (!letOther) return null;
  const heldAt = Date.now();
  const orderId = await freshDelivery();
  if (orderId === null) {
    await letOther();
    return null;
  }
  // Redis is stopped. The first worker receives the answer, cannot record it, and goes no further.
  await delay(READ_MS / 3);
  const letRedis = holdRedis();
  await delay(READ_MS);
  const letFirst = first.hold();
  letRedis();
  await Promise.all([letOther(), delay(WRITE_LOCK_MS)]);
  await waitFor(
    `${orderId} to be taken over`,
    async () => (await market.sandbox.effects(orderId, 'orders.deliver')).length > 0,
    { timeoutMs: TAKEN_OVER_WITHIN_MS },
  ).catch(() => undefined);
  return letFirst === null ? null : letFirst();

  /** The order whose delivery has just begun. */
  async function freshDelivery(): Promise<string | null> {
    await market.sandbox.post('/sandbox/faults', {
      endpoint: 'orders.get',
      kind: 'latency',
      latency_ms: READ_MS,
      times: SLOW_READS,
    });
    return waitFor(
      'a delivery to begin',
      async () => {
        const active = await view.queues.get('delivery').getActive();
        const fresh = active.find((job) => job?.name === 'deliver' && (job.processedOn ?? 0) > heldAt);
        return fresh === undefined ? null : (fresh.data as { orderId: string }).orderId;
      },
      { timeoutMs: FRESH_WITHIN_MS, intervalMs: 25 },
    ).catch(() => null);
  }
}
