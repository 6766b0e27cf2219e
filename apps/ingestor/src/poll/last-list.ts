import type { Runtime } from '@fulfillment/platform';
import type { OrderRef, OrderSnapshot } from '@fulfillment/shared';

/** The orders of the last list that this list lacks. They moved on. */
export async function noLongerListed(
  { redis, keys }: Runtime,
  agentId: string,
  listed: readonly OrderSnapshot[],
): Promise<OrderRef[]> {
  const before = await redis.smembers(keys.listed(agentId));
  const now = new Set(listed.map((order) => order.id));
  return before.filter((id) => !now.has(id)).map((orderId) => ({ agentId, orderId }));
}

/**
 * Written last, so that the next poll repeats a poll that dies before. Orders missing from a list
 * without its last pages count as still listed.
 */
export async function rememberListed(
  { redis, keys }: Runtime,
  agentId: string,
  { listed, isComplete }: { listed: readonly OrderSnapshot[]; isComplete: boolean },
): Promise<void> {
  const key = keys.listed(agentId);
  const change = redis.multi();
  if (isComplete) change.del(key);
  if (listed.length > 0) change.sadd(key, ...listed.map((order) => order.id));
  await change.exec();
}
