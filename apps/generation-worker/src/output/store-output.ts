import {
  type ArtifactStore,
  InvalidOutputError,
  isSameArtifact,
  PermanentError,
  type StagedOutput,
  stagedFile,
  storedProduct,
} from '@fulfillment/artifacts';
import { describeError, NoLongerWanted, permanent, StepError, throttled } from '@fulfillment/platform';
import {
  type Artifact,
  aborted,
  type Product,
  STORE_PATIENCE_MS,
  urlsOfOtherRounds,
} from '@fulfillment/shared';
import type { GenerateStep } from '../dependencies.ts';
import { lastRetry, recordStagedElsewhere } from './staged-elsewhere.ts';

/** The longest wait between two attempts. The first wait is as short as the output is young. */
const LONGEST_WAIT_MS = 30_000;
const SHORTEST_WAIT_MS = 1000;
/** How long a store may take for one file. */
const STORE_WITHIN_MS = 30 * 60_000;

/**
 * Stores the output in the artifact store. Storing uses neither the handler's time nor its
 * attempts. While the store is down, the step waits, and later a human is asked. The output is kept
 * meanwhile, and a retry continues here.
 * @throws InvalidOutputError for output that the store rejects. StepError when the store is down
 * (throttled), or has been down for too long (permanent).
 */
export async function storeStagedOutput(work: GenerateStep, output: StagedOutput): Promise<Product[]> {
  const { generation, wanted, step, folder, context, unwanted } = work;
  const { artifacts } = generation;
  const { round } = step;
  const usedUrls = urlsOfOtherRounds(wanted.record, round);
  const products: Product[] = [];
  try {
    for (const { product, isHere } of output.parts) {
      const { artifact, mediaType } = product;
      if (artifact === undefined) {
        products.push(product);
        continue;
      }
      const limit = AbortSignal.any([unwanted, context.signal, AbortSignal.timeout(STORE_WITHIN_MS)]);
      if (isHere) await addStaged(artifacts, { folder, artifact }, limit);
      else await requireInStore(artifacts, artifact, limit);
      const last = await storedProduct(artifacts, { artifact, mediaType }, { round, usedUrls });
      if (!products.some((other) => isSameArtifact(other, last))) products.push(last);
    }
    return products;
  } catch (error) {
    if (unwanted.aborted && unwanted.reason instanceof NoLongerWanted) {
      // After a stop, a retry on another worker must not pay for the output again.
      await recordStagedElsewhere(work, output, 'its storing was stopped');
      throw unwanted.reason;
    }
    if (error instanceof InvalidOutputError || error instanceof StepError) throw error;
    if (context.signal.aborted) {
      await recordStagedElsewhere(work, output, 'its worker stopped');
      throw error;
    }
    throw await storeError(error, work, output);
  }
}

/**
 * A file that a handler saved in an earlier attempt. If the store was down then, the file is on the
 * disk of the worker that saved it.
 * @throws InvalidOutputError when the store does not have the file: its URL must not be delivered.
 * A retry has the round regenerated.
 */
async function requireInStore(
  artifacts: ArtifactStore,
  artifact: Artifact,
  signal: AbortSignal,
): Promise<void> {
  if (await artifacts.has(artifact, signal)) return;
  throw new InvalidOutputError(
    `${artifact.fileName} was saved by an earlier try and is not in it, but in the ARTIFACTS_DIR of another generation worker: have all share the folder`,
  );
}

/** Adds a staged file to the store. A store that ignores its signal must not block the step. */
export async function addStaged(
  artifacts: ArtifactStore,
  { folder, artifact }: { folder: string; artifact: Artifact },
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  await Promise.race([artifacts.add(stagedFile(folder, artifact), artifact, signal), aborted(signal)]);
}

async function storeError(error: unknown, work: GenerateStep, output: StagedOutput): Promise<StepError> {
  const why = describeError(error);
  await recordStagedElsewhere(work, output, why);
  const reason = `The ${describeOutput(work, output)} is kept, and cannot be stored: ${why}`;
  const now = Date.now();
  const age = now - Math.max(output.madeAt, lastRetry(work.wanted.record, work.step));
  if (error instanceof PermanentError || age > STORE_PATIENCE_MS)
    return permanent(`${reason}. ${ADVICE}`, error);
  return throttled(reason, now + Math.min(Math.max(age, SHORTEST_WAIT_MS), LONGEST_WAIT_MS));
}

/** Names the output in a message to operators. */
export function describeOutput({ byHand }: GenerateStep, { handler }: StagedOutput): string {
  return byHand === null ? `output of handler "${handler}"` : `output by hand of ${byHand.by}`;
}

const ADVICE =
  'Repair the store, or choose another store and restart. Then retry: the output is stored, and not regenerated.';
