import {
  type ArtifactStore,
  type EarlierRound,
  type GenerateContext,
  mediaTypeOf,
  toProducts,
} from '@fulfillment/handlers';
import { describeError, type JobContext, type LoadedRecord } from '@fulfillment/platform';
import {
  answersDispute,
  BRIEF_REFUSED,
  disputeReason,
  draftOf,
  type FactOf,
  factsOf,
  feedbackFor,
  generatedOf,
  isReleased,
  noteFor,
  type OrderRecord,
  type OrderRef,
  type Payload,
  revisionOf,
  type Step,
  urlsOfOtherRounds,
} from '@fulfillment/shared';
import { type Begun, begin } from './begin.ts';
import { callHandler } from './call-handler.ts';
import type { Generation } from './generation.ts';
import { handlerLog } from './handler-log.ts';
import { memoryOf } from './memory.ts';
import { needsReview } from './needs-review.ts';
import { NoLongerWanted } from './running-work.ts';
import { usageOf } from './spending.ts';
import { refusalOf } from './validate.ts';

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
      const fact = await running.whileWanted(ref, step, (unwanted) =>
        make(generation, begun, step, context, unwanted),
      );
      after = await runtime.store.appendAndLoad(ref, [fact]);
      if (fact.type === 'refused') context.log.warn({ reason: fact.reason }, 'brief refused');
      else context.log.info({ products: fact.products.length, review: fact.review }, 'generated');
    } catch (error) {
      if (!(error instanceof NoLongerWanted)) throw error;
      context.log.info('generation aborted: no longer wanted');
    }
  }
  await runtime.reconciler.reconcile(ref, after);
}

async function make(
  { runtime, artifacts }: Generation,
  { handler, order, record, start }: Begun,
  { round, attempt }: Step,
  context: JobContext,
  unwanted: AbortSignal,
): Promise<FactOf<'generated' | 'refused'>> {
  const ref = { agentId: record.agentId, orderId: record.orderId };
  const made = await callHandler(handler, context, unwanted, async (signal) => {
    const handlerContext: GenerateContext = {
      order,
      round: revisionOf(round),
      attempt,
      feedback: answersDispute(round) ? disputeReason(record) : feedbackFor(record, round),
      isDispute: answersDispute(round),
      note: noteFor(record, round),
      draft: lastDraft(record, round, artifacts),
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
      usage: usageOf(runtime, handler, ref, { step: 'generate', round, attempt, start }),
      progress: (value) => showProgress(context, value),
      signal,
    };
    if (isLookedAt(record, round)) {
      const refusal = await refusalOf(handler, handlerContext);
      if (refusal !== null) return { refusal };
    }
    const outputs = await handler.generate(handlerContext);
    const products = await toProducts(outputs, {
      artifacts,
      order,
      round,
      usedUrls: urlsOfOtherRounds(record, round),
      signal,
    });
    return { products, handlerContext };
  });
  if ('refusal' in made) {
    const { refuse: reason } = made.refusal;
    return { type: 'refused', handler: handler.name, reason, step: 'generate', attempt };
  }
  const review = await needsReview(handler, made.handlerContext);
  const { products } = made;
  return { type: 'generated', round, handler: handler.name, products, draft: draftOf(record, round), review };
}

/** Whether `validate` looks at the brief: once, before it costs, unless an operator took the order all the same. */
function isLookedAt(record: OrderRecord, round: string): boolean {
  return round === '0' && draftOf(record, round) === 0 && !isReleased(record, round, BRIEF_REFUSED);
}

/** What the draft made that an operator had made again. */
function lastDraft(record: OrderRecord, round: string, artifacts: ArtifactStore): GenerateContext['draft'] {
  const draft = draftOf(record, round);
  const made = draft === 0 ? undefined : generatedOf(record, round, draft - 1);
  if (made === undefined) return null;
  const deliverables = made.products.map(({ url, mediaType, artifact }) => ({
    url: url ?? null,
    mediaType,
    read: async () => (artifact === undefined ? null : artifacts.read(artifact)),
  }));
  return { deliverables };
}

function earlierRounds(record: OrderRecord, round: string, artifacts: ArtifactStore): EarlierRound[] {
  return factsOf(record, 'delivered')
    .filter((fact) => fact.round !== round)
    .map((fact) => {
      const products = generatedOf(record, fact.round, fact.draft)?.products ?? [];
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
