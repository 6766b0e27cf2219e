import { RecordStore, type RedisKeys } from '@fulfillment/platform';
import { decide, factKey, type OrderRef, type Policy, parseOrder } from '@fulfillment/shared';
import type { Redis } from 'ioredis';
import { type ExampleOrder, revisionsOf } from '../model/index.ts';
import { factsOf } from './facts.ts';
import { rawOrder } from './raw-order.ts';

/** Facts take their places from here on, as the record store counts them. */
const FIRST_PLACE = 1_000_000;
const PART = 50;

/**
 * Writes the records of example orders, with facts at the times at which they happened, and settles
 * each order with its current decision.
 */
export async function writeRecords(
  { redis, keys, policy }: { redis: Redis; keys: RedisKeys; policy: Policy },
  orders: readonly ExampleOrder[],
): Promise<void> {
  const store = new RecordStore(redis, keys);
  for (let start = 0; start < orders.length; start += PART) {
    const part = orders.slice(start, start + PART);
    const pipeline = redis.pipeline();
    for (const order of part) {
      const ref = refOf(order);
      pipeline.hset(keys.record(ref), fieldsOf(order, ref));
      pipeline.zadd(keys.orders, order.times.createdAt, `${ref.agentId}/${ref.orderId}`);
    }
    for (const [error] of (await pipeline.exec()) ?? []) if (error) throw error;
    await Promise.all(
      part.map(async (order) => {
        const record = await store.load(refOf(order));
        if (record !== null) await store.settle(record, decide(record, policy, record.loadedAt));
      }),
    );
  }
}

/** The reference of an example order. */
export function refOf({ id, service }: ExampleOrder): OrderRef {
  return { agentId: service.agentId, orderId: id };
}

function fieldsOf(order: ExampleOrder, ref: OrderRef): Record<string, string> {
  const snapshot = parseOrder(rawOrder(order));
  const facts = factsOf(order);
  const { id, title, category, priceType, turnaroundHours } = order.service;
  const lastAt = facts.at(-1)?.at ?? order.times.createdAt;
  return {
    ...ref,
    snapshot: JSON.stringify(snapshot),
    observedAt: String(lastAt),
    status: `${snapshot.rawStatus}:${revisionsOf(order)}`,
    service: JSON.stringify({ id, title, category, priceType, turnaroundHours, quota: null }),
    reads: '1',
    written: String(facts.length),
    threadReadAt: String(lastAt),
    ...Object.fromEntries(
      facts.map(({ at, fact }, index) => [
        `fact:${factKey(fact)}`,
        `${at}.${FIRST_PLACE + index}|${JSON.stringify(fact)}`,
      ]),
    ),
  };
}
