import type { Handler, HandlerContext } from '@fulfillment/handlers';
import { permanent, type Runtime, today, waitingFor } from '@fulfillment/platform';
import {
  type CostlyCall,
  callsAllowedAgain,
  costOf,
  type OrderRecord,
  type OrderRef,
  type Step,
  usageSchema,
} from '@fulfillment/shared';

/** How soon a try that waits for what others have reserved asks again, at first. */
const ASK_AGAIN_MS = 2000;

/**
 * What a handler cost must leave room for one more call. Of the order's limit only what was told by now counts, so that an order may end
 * beyond it by one try. Of the day's limit, what the try is likely to cost is reserved; see `Spending`.
 * @throws StepError: permanent when the order or the day cost as much as it may, for a human; throttled while other tries may use up what
 * is left of the day.
 */
export async function mustAfford(
  { spending }: Runtime,
  handler: Handler,
  record: OrderRecord,
  step: Step & { name: 'price' | 'generate' },
): Promise<void> {
  const { order, day } = handler.maxCostUsd ?? {};
  const cost = costOf(record);
  if (order !== undefined && cost >= order * (1 + callsAllowedAgain(record))) {
    throw permanent(
      `This order cost ${usd(cost)}, and handler "${handler.name}" may spend ${usd(order)} on an order. A retry allows as much once more.`,
    );
  }
  if (day === undefined) return;
  const of = { handler: handler.name, id: tryId(record, { ...step, step: step.name }) };
  const { outcome, spentUsd, reservedUsd } = await spending.reserve(of, {
    limitUsd: day,
    estimateUsd: order,
  });
  if (outcome === 'spent') {
    throw permanent(
      `Handler "${handler.name}" cost ${usd(spentUsd)} on ${today()} (UTC), and may spend ${usd(day)} a day. Raise maxCostUsd.day and restart, or wait for tomorrow; then retry.`,
    );
  }
  if (outcome === 'wait') {
    throw waitingFor(
      `Handler "${handler.name}" may spend ${usd(day)} a day: ${usd(spentUsd)} are spent, and running tries have reserved ${usd(reservedUsd)}`,
      Date.now() + ASK_AGAIN_MS,
    );
  }
}

/** Names a try in the reservations. A worker that begins it again, after a crash, takes the reservation over. */
export function tryId(
  { orderId }: OrderRef,
  { step, round, attempt }: { step: CostlyCall; round: string; attempt: number },
): string {
  return [orderId, step, round, attempt].join(':');
}

/**
 * What a handler calls to tell of what it used: written down with the order, and counted for the day.
 * @param firstIndex how many reports of the same call and beginning came before.
 */
export function usageOf(
  { store, spending }: Runtime,
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
    await spending.add({ handler: handler.name, id: tryId(ref, beginning) }, fact.costUsd);
  };
}

function usd(amount: number): string {
  return `${Number(amount.toFixed(4))} USD`;
}
