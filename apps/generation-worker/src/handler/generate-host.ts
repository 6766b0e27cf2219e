import { rm } from 'node:fs/promises';
import { fileIn, InvalidOutputError, type SavedArtifact } from '@fulfillment/artifacts';
import { describeError, readThread } from '@fulfillment/platform';
import type { CallHost } from '@fulfillment/runner';
import type { Begun } from '../begin.ts';
import type { GenerateStep } from '../dependencies.ts';
import { putFrom } from '../output/store-made.ts';
import { usageOf } from '../spending.ts';
import { hostOf } from './call-host.ts';
import { rememberFor } from './memory.ts';

/**
 * Answers the requests of a handler that generates a round.
 * @param options.secret keys the names of the round's artifacts.
 * @param options.signal ends the call.
 */
export function generateHost(
  work: GenerateStep,
  begun: Begun,
  { secret, signal }: { secret: string; signal: AbortSignal },
): CallHost {
  const { generation, step, context } = work;
  const { runtime, artifacts } = generation;
  const { record, handler, start } = begun;
  const { round, attempt } = step;
  const ref = { agentId: record.agentId, orderId: record.orderId };
  const log = context.log.child({ handler: handler.name });
  return hostOf(log, {
    usage: usageOf(runtime, { handler, ref, step: 'generate', round, attempt, start, log, signal }),
    thread: async () => (await readThread(runtime, record, signal)).thread,
    read: async (artifact) => artifacts.read(artifact, signal),
    store: storingNow(work, secret, signal),
    remember: rememberFor(runtime, ref, { round, attempt, start, log, signal }),
    progress: (value) => context.progress(value),
  });
}

/**
 * Stores a file before the handler is done. A store that fails, or rejects a file, does not stop
 * the handler, because the work may already have cost money. The file goes to the store later,
 * together with the rest of the output. A store that has failed is not asked again in this attempt,
 * because waiting for it uses up the handler's time.
 */
function storingNow(
  { generation: { artifacts }, wanted: { order }, step: { round }, folder, context }: GenerateStep,
  secret: string,
  signal: AbortSignal,
): CallHost['store'] {
  let isStoreDown = false;
  return async (staged): Promise<SavedArtifact> => {
    if (isStoreDown) return staged;
    try {
      const artifact = await putFrom(
        folder,
        staged.artifact,
        artifacts,
        { id: order.id, round, secret },
        signal,
      );
      const url = await artifacts.publicUrl(artifact);
      await rm(fileIn(folder, staged.artifact));
      return { ...staged, artifact, url };
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof InvalidOutputError)) isStoreDown = true;
      context.log.warn(
        { reason: describeError(error) },
        'the artifact store fails: a file is kept for later',
      );
      return staged;
    }
  };
}
