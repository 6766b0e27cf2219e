import { type Runtime, WebhookLoss } from '@fulfillment/platform';
import type { OrderSnapshot } from '@fulfillment/shared';
import type { ListedChange } from './observe-listed.ts';

/**
 * Counts the listed orders that the last list lacked, and those of them that no webhook announced.
 * Only arrivals count. The marketplace announces each arrival, but not each change of an order that
 * stays listed: an idle workspace becomes `paid` without an event. The first poll of an agent does
 * not count, because its orders are older than the webhooks. Call this before the list is stored.
 * @param askedAt by Redis' clock, in ms.
 */
export async function noteArrivals(
  { redis, keys }: Runtime,
  agentId: string,
  { listed, changes, askedAt }: { listed: OrderSnapshot[]; changes: ListedChange[]; askedAt: number },
): Promise<void> {
  if ((await redis.hexists(keys.polling(agentId), 'polledAt')) === 0) return;
  const before = new Set(await redis.smembers(keys.listed(agentId)));
  // Delivered orders are not remembered, so that each of their polls would count them.
  const arrived = listed.filter(({ id, status }) => status !== 'delivered' && !before.has(id));
  const found = new Set(
    changes.filter(({ isAnnounced }) => !isAnnounced).map(({ ref: { orderId } }) => orderId),
  );
  const unannounced = arrived.filter(({ id }) => found.has(id)).length;
  await new WebhookLoss(redis, keys).note(agentId, { arrivals: arrived.length, unannounced }, askedAt);
}
