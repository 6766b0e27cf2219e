import { permanent, type StepRun } from '@fulfillment/platform';
import { isRefusal, type Slot } from '@fulfillment/runner';
import type { Fact } from '@fulfillment/shared';
import { type Begun, begin, wantedOf } from './begin.ts';
import type { Generation } from './dependencies.ts';
import { acquireSlot } from './handler/acquire-slot.ts';
import { callHandler } from './handler/call-handler.ts';
import { hostOf } from './handler/call-host.ts';
import { inTry } from './handler/handler-try.ts';
import { keptLog } from './handler/kept-log.ts';
import { usageOf } from './spending.ts';

/** The step `price`: asks the order's handler for a price, or for its reason to refuse. */
export async function price(run: StepRun<'price'>, generation: Generation): Promise<Fact[]> {
  const { running, runtime } = generation;
  const { step, job } = run;
  const wanted = wantedOf(run.record, runtime);
  if (wanted === null) return [];
  using slot = await acquireSlot({ ...generation, record: wanted.record, step, signal: job.signal });
  const begun = await begin({ runtime, slot, job }, wanted, step);
  run.log.info({ handler: begun.handler.name }, 'pricing');
  const fact = await running.whileWanted(run, (unwanted) =>
    askPrice(run, begun, { generation, slot, unwanted }),
  );
  run.log.info({ fact }, 'priced');
  return [fact];
}

async function askPrice(
  { ref, step, job }: StepRun<'price'>,
  begun: Begun,
  { generation: { runtime }, slot, unwanted }: { generation: Generation; slot: Slot; unwanted: AbortSignal },
): Promise<Fact> {
  const { handler, order, start } = begun;
  const { round, attempt } = step;
  if (!handler.canQuote) {
    throw permanent(
      `Handler "${handler.name}" has no quote function, and this order must be quoted. Add one, then retry.`,
    );
  }
  const log = job.log.child({ handler: handler.name });
  const answer = await inTry(
    { runtime, begun, step, context: job, isDone: (given) => !isRefusal(given) },
    () =>
      callHandler({
        slot,
        handler,
        job,
        unwanted,
        kind: 'price',
        input: { handler: handler.name, order, shouldValidate: true },
        host: (signal) =>
          hostOf(keptLog(log, { runtime, ref, handler: handler.name, round }), {
            usage: usageOf(runtime, { handler, ref, step: 'price', round, attempt, start, log, signal }),
          }),
      }),
  );
  if (isRefusal(answer)) {
    return { type: 'refused', handler: handler.name, reason: answer.refuse, step: step.name, attempt };
  }
  const { quoteValidHours } = handler;
  const validHours = quoteValidHours === undefined ? {} : { validHours: quoteValidHours };
  return { type: 'priced', handler: handler.name, priceUsd: answer.priceUsd, ...validHours };
}
