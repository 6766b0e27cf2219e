import { type Decision, decide, idSchema, type OrderRecord, type OrderRef } from '@fulfillment/shared';
import { z } from 'zod';
import type { AdminOptions } from '../options.ts';

const orderParams = z.object({ agentId: idSchema, orderId: idSchema });

/** An order's current state, and the current decision about it. */
export interface FoundOrder {
  ref: OrderRef;
  record: OrderRecord;
  decision: Decision;
  /** By Redis' clock, in ms. */
  now: number;
}

/**
 * Reads the order that a path names.
 * @returns null when there is no such order.
 */
export async function findOrder(
  { store, policy }: Pick<AdminOptions, 'store' | 'policy'>,
  params: unknown,
): Promise<FoundOrder | null> {
  const ref = orderParams.safeParse(params);
  if (!ref.success) return null;
  const record = await store.load(ref.data);
  if (record === null) return null;
  const now = record.loadedAt;
  return { ref: ref.data, record, decision: decide(record, policy, now), now };
}
