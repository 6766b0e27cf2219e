import { permanent, type Runtime, type StepRun } from '@fulfillment/platform';
import { type Fact, formatPrice, PriceError } from '@fulfillment/shared';
import { type Begun, begin, wantedOf } from './begin.ts';
import type { Generation } from './dependencies.ts';
import { callHandler } from './handler/call-handler.ts';
import { handlerLog } from './handler/handler-log.ts';
import { inTry } from './handler/handler-try.ts';
import { isRefusal, refusalOf } from './handler/validate.ts';
import { usageOf } from './spending.ts';

/** The step `price`: asks the order's handler for a price, or for its reason to refuse. */
export async function price(run: StepRun<'price'>, generation: Generation): Promise<Fact[]> {
  const { running, runtime } = generation;
  const wanted = wantedOf(run.record, runtime);
  if (wanted === null) return [];
  const begun = await begin(generation, wanted, run.step);
  run.log.info({ handler: begun.handler.name }, 'pricing');
  const fact = await running.whileWanted(run, (unwanted) => askPrice(run, begun, { runtime, unwanted }));
  run.log.info({ fact }, 'priced');
  return [fact];
}

async function askPrice(
  { ref, step, job: context }: StepRun<'price'>,
  begun: Begun,
  { runtime, unwanted }: { runtime: Runtime; unwanted: AbortSignal },
): Promise<Fact> {
  const { handler, order, start } = begun;
  const { round, attempt } = step;
  const { quote, quoteValidHours } = handler;
  if (quote === undefined) {
    throw permanent(
      `Handler "${handler.name}" has no quote function, and this order must be quoted. Add one, then retry.`,
    );
  }
  const log = handlerLog(context.log, handler.name);
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
