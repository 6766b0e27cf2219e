import type { Handler, HandlerContext } from '@fulfillment/handlers';
import { permanent, type Runtime } from '@fulfillment/platform';
import {
  type CostlyCall,
  callsAllowedAgain,
  costOf,
  type OrderRecord,
  type OrderRef,
  usageSchema,
} from '@fulfillment/shared';

/** The sum of a day outlives it, so that a clock a little off still finds it. */
const KEPT_SECONDS = 48 * 3600;

/**
 * What a handler cost must leave room for one more call. Looked at when a step begins, against what was told by then: nobody knows before
 * what it will cost. So an order may end beyond its limit by one try, and a day by the tries that were under way when it was reached.
 * @throws StepError, permanent, when the order or the day cost as much as it may: a human decides.
 */
export async function mustAfford(
  { redis, keys }: Runtime,
  handler: Handler,
  record: OrderRecord,
): Promise<void> {
  const { order, day } = handler.maxCostUsd ?? {};
  const cost = costOf(record);
  if (order !== undefined && cost >= order * (1 + callsAllowedAgain(record))) {
    throw permanent(
      `This order cost ${usd(cost)}, and handler "${handler.name}" may spend ${usd(order)} on an order. A retry allows as much once more.`,
    );
  }
  if (day === undefined) return;
  const today = dayOf(Date.now());
  const spent = Number((await redis.get(keys.spent(handler.name, today))) ?? 0);
  if (spent >= day) {
    throw permanent(
      `Handler "${handler.name}" cost ${usd(spent)} on ${today} (UTC), and may spend ${usd(day)} a day. Raise maxCostUsd.day and restart, or wait for tomorrow; then retry.`,
    );
  }
}

/**
 * What a handler calls to tell of what it used: written down with the order, and counted for the day.
 * @param firstIndex how many reports of the same call and beginning came before.
 */
export function usageOf(
  { store, redis, keys }: Runtime,
  handler: Handler,
  ref: OrderRef,
  beginning: { step: CostlyCall; round: string; attempt: number; start: number },
  firstIndex = 0,
): HandlerContext['usage'] {
  let index = firstIndex;
  return async (report) => {
    const usage = usageSchema.safeParse(report);
    if (!usage.success) throw new TypeError(`ctx.usage was given something else: ${usage.error.message}`);
    const fact = { ...usage.data, type: 'used', ...beginning, index } as const;
    index += 1;
    await store.append(ref, [fact]);
    if (fact.costUsd === null) return;
    const key = keys.spent(handler.name, dayOf(Date.now()));
    await redis.multi().incrbyfloat(key, fact.costUsd).expire(key, KEPT_SECONDS).exec();
  };
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

function usd(amount: number): string {
  return `${Number(amount.toFixed(4))} USD`;
}
