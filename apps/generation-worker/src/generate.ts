import { type GenerateContext, mediaTypeOf, toProducts } from '@fulfillment/handlers';
import { describeError, type JobContext, type LoadedRecord } from '@fulfillment/platform';
import {
  answersDispute,
  disputeReason,
  factsOf,
  feedbackFor,
  type OrderRecord,
  type OrderRef,
  type Payload,
  type Product,
  revisionOf,
  type Step,
  urlsOfOtherRounds,
} from '@fulfillment/shared';
import { type Begun, begin } from './begin.ts';
import { callHandler } from './call-handler.ts';
import type { Generation } from './generation.ts';
import { handlerLog } from './handler-log.ts';
import { NoLongerWanted } from './running-work.ts';

/** The step `generate`: has the order's handler make the deliverables of a round, and keeps them. */
export async function generate(
  generation: Generation,
  payload: Payload<'generation', 'generate'>,
  context: JobContext,
): Promise<void> {
  const { runtime, handlers, running } = generation;
  const { agentId, orderId, round, attempt } = payload;
  const ref: OrderRef = { agentId, orderId };
  const step = { name: 'generate', round, attempt } as const satisfies Step;
  const begun = await begin(runtime, handlers, ref, step);
  let after: LoadedRecord | null = null;
  if (begun !== null) {
    context.log.info({ handler: begun.handler.name, tryNumber: context.tryNumber }, 'generating');
    try {
      const products = await running.whileWanted(ref, step, (unwanted) =>
        make(generation, begun, round, context, unwanted),
      );
      after = await runtime.store.appendAndLoad(ref, [
        { type: 'generated', round, handler: begun.handler.name, products },
      ]);
      context.log.info({ products: products.length }, 'generated');
    } catch (error) {
      if (!(error instanceof NoLongerWanted)) throw error;
      context.log.info('generation aborted: no longer wanted');
    }
  }
  await runtime.reconciler.reconcile(ref, after);
}

function make(
  { runtime, artifacts }: Generation,
  { handler, order, record }: Begun,
  round: string,
  context: JobContext,
  unwanted: AbortSignal,
): Promise<Product[]> {
  const ref = { agentId: record.agentId, orderId: record.orderId };
  return callHandler(handler, context, unwanted, async (signal) => {
    const handlerContext: GenerateContext = {
      order,
      round: revisionOf(round),
      feedback: answersDispute(round) ? disputeReason(record) : feedbackFor(record, round),
      isDispute: answersDispute(round),
      earlier: earlierRounds(record, round),
      thread: () => runtime.marketplace.thread(ref, signal),
      artifacts: {
        async save({ body, contentType, fileName, mediaType }) {
          const input = { orderId: order.id, round, body, contentType, fileName, signal };
          const artifact = await artifacts.put(input);
          return {
            artifact,
            mediaType: mediaType ?? mediaTypeOf(contentType),
            url: artifacts.publicUrl(artifact),
          };
        },
      },
      log: handlerLog(context.log, handler.name),
      progress: (value) => showProgress(context, value),
      signal,
    };
    const outputs = await handler.generate(handlerContext);
    return toProducts(outputs, {
      artifacts,
      order,
      round,
      usedUrls: urlsOfOtherRounds(record, round),
      signal,
    });
  });
}

function earlierRounds(record: OrderRecord, round: string): GenerateContext['earlier'] {
  return factsOf(record, 'delivered')
    .filter((fact) => fact.round !== round)
    .map((fact) => ({ round: revisionOf(fact.round), deliverables: fact.deliverables }));
}

/** Progress is for people's eyes: that it cannot be shown fails nothing, least of all a handler that does not wait for it. */
async function showProgress(context: JobContext, value: number | string): Promise<void> {
  try {
    await context.progress(typeof value === 'string' ? { text: value } : value);
  } catch (error) {
    context.log.debug({ reason: describeError(error) }, 'progress not shown');
  }
}
