import type { JobContext, LoadedRecord, Runtime } from '@fulfillment/platform';
import { permanent } from '@fulfillment/platform';
import {
  type Fact,
  formatPrice,
  type OrderRef,
  type Payload,
  PriceError,
  type Step,
} from '@fulfillment/shared';
import { type Begun, begin, lookUp } from './begin.ts';
import type { Generation } from './dependencies.ts';
import { callHandler } from './handler/call-handler.ts';
import { handlerLog } from './handler/handler-log.ts';
import { inTry } from './handler/handler-try.ts';
import { isRefusal, refusalOf } from './handler/validate.ts';
import { NoLongerWanted } from './running-work.ts';
import { usageOf } from './spending.ts';

/** The step `price`: asks the order's handler for a price, or for its reason to refuse. */
export async function price(
  generation: Generation,
  payload: Payload<'generation', 'price'>,
  context: JobContext,
): Promise<void> {
  const { runtime, handlers, running } = generation;
  const { agentId, orderId, round, attempt } = payload;
  const ref: OrderRef = { agentId, orderId };
  const step = { name: 'price', round, attempt } as const satisfies Step;
  const wanted = await lookUp(runtime, ref, step);
  let after: LoadedRecord | null = null;
  if (wanted !== null) {
    const begun = await begin(runtime, handlers, wanted, step);
    context.log.info({ handler: begun.handler.name }, 'pricing');
    try {
      const fact = await running.whileWanted(ref, step, (unwanted) =>
        askPrice(runtime, begun, step, context, unwanted),
      );
      after = await runtime.store.appendAndLoad(ref, [fact]);
      context.log.info({ fact }, 'priced');
    } catch (error) {
      if (!(error instanceof NoLongerWanted)) throw error;
      context.log.info('pricing aborted: no longer wanted');
    }
  }
  await runtime.reconciler.reconcile(ref, after);
}

async function askPrice(
  runtime: Runtime,
  begun: Begun,
  step: { name: 'price'; round: string; attempt: number },
  context: JobContext,
  unwanted: AbortSignal,
): Promise<Fact> {
  const { handler, order, record, start } = begun;
  const { round, attempt } = step;
  const { quote, quoteValidHours } = handler;
  if (quote === undefined) {
    throw permanent(
      `Handler "${handler.name}" has no quote function, and this order must be quoted. Add one, then retry.`,
    );
  }
  const log = handlerLog(context.log, handler.name);
  const ref = { agentId: record.agentId, orderId: record.orderId };
  const ask = async (signal: AbortSignal) => {
    const usage = usageOf(runtime, { handler, ref, step: step.name, round, attempt, start, log, signal });
    const ctx = { order, log, signal, usage };
    return (await refusalOf(handler, ctx)) ?? quote(ctx);
  };
  const answer = await inTry({ runtime, begun, step, context, isDone: (given) => !isRefusal(given) }, () =>
    callHandler(handler, context, unwanted, ask),
  );
  if (isRefusal(answer)) {
    return { type: 'refused', handler: handler.name, reason: answer.refuse, step: step.name, attempt };
  }
  const validHours = quoteValidHours === undefined ? {} : { validHours: quoteValidHours };
  try {
    return { type: 'priced', handler: handler.name, priceUsd: formatPrice(answer), ...validHours };
  } catch (error) {
    if (!(error instanceof PriceError)) throw error;
    throw permanent(`Handler "${handler.name}" gave a price that cannot be quoted: ${error.message}.`, error);
  }
}
