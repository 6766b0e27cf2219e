import {
  type ArtifactStore,
  type EarlierRound,
  type GenerateContext,
  type Handler,
  mediaTypeOf,
  toProducts,
} from '@fulfillment/handlers';
import { describeError, type JobContext, type LoadedRecord, permanent } from '@fulfillment/platform';
import {
  answersDispute,
  disputeReason,
  draftOf,
  factsOf,
  feedbackFor,
  generatedOf,
  noteFor,
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
import { memoryOf } from './memory.ts';
import { NoLongerWanted } from './running-work.ts';
import { usageOf } from './spending.ts';

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
      const made = await running.whileWanted(ref, step, (unwanted) =>
        make(generation, begun, step, context, unwanted),
      );
      after = await runtime.store.appendAndLoad(ref, [
        { type: 'generated', round, handler: begun.handler.name, ...made },
      ]);
      context.log.info({ products: made.products.length, review: made.review }, 'generated');
    } catch (error) {
      if (!(error instanceof NoLongerWanted)) throw error;
      context.log.info('generation aborted: no longer wanted');
    }
  }
  await runtime.reconciler.reconcile(ref, after);
}

function make(
  { runtime, artifacts }: Generation,
  { handler, order, record, start }: Begun,
  { round, attempt }: Step,
  context: JobContext,
  unwanted: AbortSignal,
): Promise<{ products: Product[]; draft: number; review: boolean }> {
  const ref = { agentId: record.agentId, orderId: record.orderId };
  return callHandler(handler, context, unwanted, async (signal) => {
    const handlerContext: GenerateContext = {
      order,
      round: revisionOf(round),
      attempt,
      feedback: answersDispute(round) ? disputeReason(record) : feedbackFor(record, round),
      isDispute: answersDispute(round),
      note: noteFor(record, round),
      earlier: earlierRounds(record, round, artifacts),
      thread: () => runtime.marketplace.thread(ref, signal),
      artifacts: {
        async save({ body, contentType, fileName, mediaType }) {
          const input = { orderId: order.id, round, body, contentType, fileName, signal };
          const artifact = await artifacts.put(input);
          return {
            artifact,
            mediaType: mediaType ?? mediaTypeOf(contentType),
            url: await artifacts.publicUrl(artifact),
          };
        },
      },
      log: handlerLog(context.log, handler.name),
      ...memoryOf(runtime, record, { round, attempt, start }),
      usage: usageOf(runtime, handler, ref, { round, attempt, start }),
      progress: (value) => showProgress(context, value),
      signal,
    };
    await mustBeFit(handler, handlerContext);
    const outputs = await handler.generate(handlerContext);
    const products = await toProducts(outputs, {
      artifacts,
      order,
      round,
      usedUrls: urlsOfOtherRounds(record, round),
      signal,
    });
    return { products, draft: draftOf(record, round), review: await needsReview(handler, handlerContext) };
  });
}

/** A brief that the handler refuses costs nothing. It was looked at before, in later rounds. */
async function mustBeFit(handler: Handler, ctx: GenerateContext): Promise<void> {
  if (ctx.round > 0) return;
  const answer = await handler.validate?.(ctx);
  if (answer) {
    throw permanent(
      `Handler "${handler.name}" refuses the brief: ${answer.refuse}. Settle it with the buyer on Atelier, then retry.`,
    );
  }
}

/** What was made is not made again because nobody can say whether it must be looked at: then it is looked at. */
async function needsReview({ review = false }: Handler, ctx: GenerateContext): Promise<boolean> {
  if (typeof review === 'boolean') return review;
  try {
    return Boolean(await review(ctx));
  } catch (error) {
    ctx.signal.throwIfAborted();
    ctx.log.error(
      { reason: describeError(error) },
      'the review function threw: the round waits for a review',
    );
    return true;
  }
}

function earlierRounds(record: OrderRecord, round: string, artifacts: ArtifactStore): EarlierRound[] {
  return factsOf(record, 'delivered')
    .filter((fact) => fact.round !== round)
    .map((fact) => {
      const products = generatedOf(record, fact.round)?.products ?? [];
      return {
        round: revisionOf(fact.round),
        deliverables: fact.deliverables.map(({ url, mediaType }, index) => {
          const artifact = products[index]?.artifact;
          return {
            url,
            mediaType,
            ...(artifact && { bytes: artifact.bytes }),
            read: async () => (artifact === undefined ? null : artifacts.read(artifact)),
          };
        }),
      };
    });
}

/** Progress is for people's eyes: that it cannot be shown fails nothing, least of all a handler that does not wait for it. */
async function showProgress(context: JobContext, value: number | string): Promise<void> {
  try {
    await context.progress(typeof value === 'string' ? { text: value } : value);
  } catch (error) {
    context.log.debug({ reason: describeError(error) }, 'progress not shown');
  }
}
