import { rm } from 'node:fs/promises';
import { InvalidOutputError, type SavedArtifact, stagedFile } from '@fulfillment/artifacts';
import { describeError, readThread } from '@fulfillment/platform';
import type { CallHost } from '@fulfillment/runner';
import type { Begun } from '../begin.ts';
import type { GenerateStep } from '../dependencies.ts';
import { addStaged } from '../output/store-output.ts';
import { usageOf } from '../spending.ts';
import { hostOf } from './call-host.ts';
import { keptLog } from './kept-log.ts';
import { rememberFor } from './memory.ts';

/**
 * Answers the requests of a handler that generates a round.
 * @param signal ends the call.
 */
export function generateHost(work: GenerateStep, begun: Begun, signal: AbortSignal): CallHost {
  const { generation, step, context } = work;
  const { runtime, artifacts } = generation;
  const { record, handler, start } = begun;
  const { round, attempt } = step;
  const ref = { agentId: record.agentId, orderId: record.orderId };
  const log = context.log.child({ handler: handler.name });
  return hostOf(keptLog(log, { runtime, ref, handler: handler.name, round }), {
    usage: usageOf(runtime, { handler, ref, step: 'generate', round, attempt, start, log, signal }),
    thread: async () => (await readThread(runtime, record, signal)).thread,
    read: async (artifact) => artifacts.read(artifact, signal),
    store: storingNow(work, signal),
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
  { generation: { artifacts }, folder, context }: GenerateStep,
  signal: AbortSignal,
): CallHost['store'] {
  let isStoreDown = false;
  return async (staged): Promise<SavedArtifact> => {
    if (isStoreDown) return staged;
    try {
      const { artifact } = staged;
      await addStaged(artifacts, { folder, artifact }, signal);
      const url = await artifacts.publicUrl(artifact);
      await rm(stagedFile(folder, artifact));
      return { ...staged, url };
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
