import {
  type LoadedRecord,
  permanent,
  type Runtime,
  type TakingOptions,
  type Try,
  today,
  untilTaken,
  waitingFor,
} from '@fulfillment/platform';
import type { CallHost, HandlerDescription } from '@fulfillment/runner';
import {
  type CostlyCall,
  callsAllowedAgain,
  costOf,
  formatCost,
  type OrderRef,
  type Step,
  usd,
} from '@fulfillment/shared';
import { recordHoldUp } from './hold-up.ts';

/** The first wait of an attempt that waits for the reservations of other attempts. */
const ASK_AGAIN_MS = 2000;

type TryStep = Step & { name: 'price' | 'generate' };

/** A step that is about to call its handler. */
interface HandlerStep {
  handler: HandlerDescription;
  record: LoadedRecord;
  step: TryStep;
}

/**
 * Makes sure that a handler's costs leave room for one more call. The order's limit counts only
 * costs reported by now, so an order may exceed it by one attempt. Of the day's limit, the likely
 * cost of the attempt is reserved (see `Spending`).
 * @throws StepError, permanent, for a human, when the costs of the order or of the day have reached
 * their limit. Throttled while other attempts may use up the rest of the day's limit.
 */
export async function requireCostWithinLimits(
  runtime: Runtime,
  { handler, record, step }: HandlerStep,
): Promise<void> {
  const { order, day } = handler.maxCostUsd ?? {};
  const cost = costOf(record);
  if (order !== undefined && cost.gte(usd(order).times(1 + callsAllowedAgain(record)))) {
    throw permanent(
      `This order cost ${formatCost(cost)}, and handler "${handler.name}" may spend ${formatCost(order)} on an order. A retry allows as much once more.`,
    );
  }
  if (day === undefined) return;
  const of = tryOf(handler, record, step);
  const { outcome, spentUsd, reservedUsd } = await runtime.spending.reserve(of, {
    limitUsd: day,
    // Most quotes are free. A quote that costs reserves the cost of earlier quotes.
    estimateUsd: step.name === 'price' ? 0 : order,
  });
  if (outcome === 'spent') {
    throw permanent(
      `Handler "${handler.name}" cost ${formatCost(spentUsd)} on ${today()} (UTC), and may spend ${formatCost(day)} a day. Raise maxCostUsd.day and restart, or wait for tomorrow. Then retry.`,
    );
  }
  if (outcome === 'wait') {
    const reason = `Handler "${handler.name}" may spend ${formatCost(day)} a day: ${formatCost(spentUsd)} are spent, and running tries have reserved ${formatCost(reservedUsd)}`;
    await recordHoldUp(runtime, { record, step }, `${reason}.`);
    throw waitingFor(reason, Date.now() + ASK_AGAIN_MS);
  }
}

/**
 * An attempt in the reservations. A worker that begins the attempt again after a crash takes over
 * the reservation.
 */
export function tryOf(
  handler: Pick<HandlerDescription, 'name'>,
  ref: OrderRef,
  { name, round, attempt }: TryStep,
): Try {
  return { handler: handler.name, step: name, id: tryId(ref, { step: name, round, attempt }) };
}

function tryId(
  { orderId }: OrderRef,
  { step, round, attempt }: { step: CostlyCall; round: string; attempt: number },
): string {
  return [orderId, step, round, attempt].join(':');
}

/** A call of a handler whose costs are reported. */
interface ReportingCall extends Omit<TakingOptions, 'what'> {
  handler: HandlerDescription;
  ref: OrderRef;
  step: CostlyCall;
  round: string;
  attempt: number;
  start: number;
  /** How many reports of the same call and start came before. Default 0. */
  firstIndex?: number;
}

/**
 * @returns the function with which a handler reports its costs. It writes the costs to the order's
 * record, and counts them for the day.
 */
export function usageOf(
  { store, spending }: Runtime,
  { handler, ref, step, round, attempt, start, firstIndex = 0, ...call }: ReportingCall,
): CallHost['usage'] {
  let index = firstIndex;
  const taking = { ...call, what: 'a cost that a handler reports' };
  return async (usage) => {
    const fact = { ...usage, type: 'used', step, round, attempt, start, index } as const;
    index += 1;
    await untilTaken(() => store.append(ref, [fact]), taking);
    const { costUsd } = fact;
    if (costUsd === null) return;
    const id = tryId(ref, { step, round, attempt });
    // If the connection is lost during the command, a cost may count twice. That stops the handler
    // early, and never late.
    await untilTaken(() => spending.add({ handler: handler.name, id }, costUsd), taking);
  };
}
