import { rm } from 'node:fs/promises';
import {
  type ArtifactStore,
  fileIn,
  InvalidOutputError,
  mediaTypeOf,
  type Spool,
} from '@fulfillment/artifacts';
import type { EarlierRound, GenerateContext } from '@fulfillment/handlers';
import { describeError, type JobContext, readThread } from '@fulfillment/platform';
import { shownProgress } from '@fulfillment/runner';
import {
  answersDispute,
  disputeReason,
  draftOf,
  factsOf,
  feedbackFor,
  generatedOf,
  noteFor,
  type OrderRecord,
  revisionOf,
} from '@fulfillment/shared';
import type { Begun } from '../begin.ts';
import type { GenerateStep } from '../dependencies.ts';
import { putFrom } from '../output/store-made.ts';
import { usageOf } from '../spending.ts';
import { handlerLog } from './handler-log.ts';
import { memoryOf } from './memory.ts';

/** The destination of a handler's files while the handler runs. */
interface Keeping {
  /** On this machine's disk. */
  spool: Spool;
  secret: string;
  /** Ends the handler's work. */
  signal: AbortSignal;
}

interface Saving extends Keeping {
  /**
   * Whether the store has failed in this attempt. It is not asked again then, because waiting for
   * it uses up the handler's time.
   */
  isStoreDown: boolean;
}

/** The context that a handler gets to generate a round. */
export function contextOf(work: GenerateStep, begun: Begun, keeping: Keeping): GenerateContext {
  const { generation, step, context } = work;
  const { runtime, artifacts } = generation;
  const { record, order, handler, start } = begun;
  const { round, attempt } = step;
  const ref = { agentId: record.agentId, orderId: record.orderId };
  const { signal } = keeping;
  const log = handlerLog(context.log, handler.name);
  const saving: Saving = { ...keeping, isStoreDown: false };
  return {
    order,
    round: revisionOf(round),
    attempt,
    feedback: answersDispute(round) ? disputeReason(record) : feedbackFor(record, round),
    isDispute: answersDispute(round),
    note: noteFor(record, round),
    draft: lastDraft(record, round, artifacts),
    earlier: earlierRounds(record, round, artifacts),
    thread: async () => (await readThread(runtime, record, signal)).thread,
    artifacts: { save: (output) => save(work, output, saving) },
    log,
    ...memoryOf(runtime, record, { round, attempt, start, log, signal }),
    usage: usageOf(runtime, { handler, ref, step: 'generate', round, attempt, start, log, signal }),
    progress: (value) => showProgress(context, value),
    signal,
  };
}

/**
 * Keeps bytes before the handler is done. A store that fails, or rejects a file, does not stop the
 * handler, because the work may already have cost money. The file goes to the store later, together
 * with the rest of the output.
 */
async function save(
  { generation: { artifacts }, wanted, step, folder, context }: GenerateStep,
  { body, contentType, fileName, mediaType }: Parameters<GenerateContext['artifacts']['save']>[0],
  saving: Saving,
): ReturnType<GenerateContext['artifacts']['save']> {
  const { order } = wanted;
  const { round } = step;
  const { spool, secret, signal } = saving;
  const here = await spool.put({ orderId: order.id, round, body, contentType, fileName, secret, signal });
  const saved = { artifact: here, mediaType: mediaType ?? mediaTypeOf(here.contentType), url: null };
  if (saving.isStoreDown) return saved;
  try {
    const artifact = await putFrom(folder, here, artifacts, { id: order.id, round, secret }, signal);
    const url = await artifacts.publicUrl(artifact);
    await rm(fileIn(folder, here));
    return { ...saved, artifact, url };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof InvalidOutputError)) saving.isStoreDown = true;
    context.log.warn({ reason: describeError(error) }, 'the artifact store fails: a file is kept for later');
    return saved;
  }
}

/** The output of the previous draft, which an operator had regenerated. */
function lastDraft(record: OrderRecord, round: string, artifacts: ArtifactStore): GenerateContext['draft'] {
  const draft = draftOf(record, round);
  const made = draft === 0 ? undefined : generatedOf(record, round, draft - 1);
  if (made === undefined) return null;
  const deliverables = made.products.map(({ url, mediaType, artifact }) => ({
    url: url ?? null,
    mediaType,
    ...(artifact && { bytes: artifact.bytes }),
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

/**
 * Progress is only for people to read. If it cannot be shown, nothing fails, least of all a handler
 * that does not wait for it.
 */
async function showProgress(context: JobContext, value: number | string): Promise<void> {
  try {
    await context.progress(shownProgress(value));
  } catch (error) {
    context.log.debug({ reason: describeError(error) }, 'progress not shown');
  }
}
