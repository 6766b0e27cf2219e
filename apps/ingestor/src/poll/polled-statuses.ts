import type { Runtime } from '@fulfillment/platform';
import { type OrderSnapshot, type OrderStatus, owedRound, STATUSES_TO_POLL } from '@fulfillment/shared';

/**
 * How often a poll also asks for delivered orders, since such an order may still need its delivery.
 * In ms.
 */
const DELIVERED_EVERY_MS = 60 * 60_000;

/**
 * An order whose workspace expired is `delivered` without a delivery. The product may never have
 * seen the order, so the first poll and one poll an hour ask for delivered orders, too, in the same
 * call. Not every poll does, since a busy seller has very many delivered orders.
 */
export async function statusesToAskFor(
  { redis, keys }: Runtime,
  agentId: string,
  now: number,
): Promise<OrderStatus[]> {
  const askedAt = Number((await redis.hget(keys.polling(agentId), 'deliveredAskedAt')) ?? 0);
  return now - askedAt < DELIVERED_EVERY_MS ? [...STATUSES_TO_POLL] : [...STATUSES_TO_POLL, 'delivered'];
}

/** Delivered orders in review wait for the buyer, and are left out. */
export function waitsForSeller(order: OrderSnapshot): boolean {
  return order.status !== 'delivered' || owedRound(order) !== null;
}

/** Records when a poll asked for delivered orders, by Redis' clock, in ms. */
export async function noteStatusesAsked(
  { redis, keys }: Runtime,
  agentId: string,
  { statuses, askedAt }: { statuses: readonly OrderStatus[]; askedAt: number },
): Promise<void> {
  if (statuses.includes('delivered')) await redis.hset(keys.polling(agentId), 'deliveredAskedAt', askedAt);
}
