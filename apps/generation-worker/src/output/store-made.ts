import { createReadStream } from 'node:fs';
import {
  type ArtifactStore,
  fileIn,
  InvalidOutputError,
  isSameArtifact,
  type Made,
  PermanentError,
  productOf,
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
import { lastRetry, tellKept } from './kept.ts';

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
export async function storeMade(work: GenerateStep, made: Made): Promise<Product[]> {
  const { generation, wanted, step, folder, context, unwanted } = work;
  const { artifacts } = generation;
  const { round } = step;
  const usedUrls = urlsOfOtherRounds(wanted.record, round);
  const products: Product[] = [];
  try {
    for (const { product, isHere } of made.parts) {
      const { artifact, mediaType } = product;
      if (artifact === undefined) {
        products.push(product);
        continue;
      }
      const limit = AbortSignal.any([unwanted, context.signal, AbortSignal.timeout(STORE_WITHIN_MS)]);
      const stored = isHere
        ? await putFrom(folder, artifact, artifacts, { ...wanted.order, round, secret: made.secret }, limit)
        : await inStore(artifacts, artifact, limit);
      const last = await productOf(stored, mediaType, { artifacts, round, usedUrls });
      if (!products.some((other) => isSameArtifact(other, last))) products.push(last);
    }
    return products;
  } catch (error) {
    if (unwanted.aborted && unwanted.reason instanceof NoLongerWanted) throw unwanted.reason;
    if (error instanceof InvalidOutputError || error instanceof StepError) throw error;
    if (context.signal.aborted) {
      await tellKept(work, made, 'its worker stopped');
      throw error;
    }
    throw await meaningOf(error, work, made);
  }
}

/**
 * A file that a handler saved in an earlier attempt. If the store was down then, the file is on the
 * disk of the worker that saved it.
 * @throws InvalidOutputError when the store does not have the file: its URL must not be delivered.
 * A retry has the round regenerated.
 */
async function inStore(artifacts: ArtifactStore, artifact: Artifact, signal: AbortSignal): Promise<Artifact> {
  if ((await artifacts.has?.(artifact, signal)) !== false) return artifact;
  throw new InvalidOutputError(
    `${artifact.fileName} was saved by an earlier try and is not in it, but in the ARTIFACTS_DIR of another generation worker: have all share the folder`,
  );
}

/** Stores a file from a folder of staged output. */
export async function putFrom(
  folder: string,
  artifact: Artifact,
  artifacts: ArtifactStore,
  { id: orderId, round, secret }: { id: string; round: string; secret: string },
  signal: AbortSignal,
): Promise<Artifact> {
  const file = fileIn(folder, artifact);
  const taken = await artifacts.take?.(file, artifact);
  if (taken) return taken;
  const { contentType, fileName } = artifact;
  const body = createReadStream(file);
  try {
    signal.throwIfAborted();
    const put = artifacts.put({ orderId, round, body, contentType, fileName, secret, signal });
    // A store that ignores its signal must not block the step.
    return await Promise.race([put, aborted(signal)]);
  } finally {
    body.destroy();
  }
}

async function meaningOf(error: unknown, work: GenerateStep, made: Made) {
  const why = describeError(error);
  await tellKept(work, made, why);
  const reason = `What handler "${made.handler}" made is kept, and cannot be stored: ${why}`;
  const now = Date.now();
  const age = now - Math.max(made.madeAt, lastRetry(work.wanted.record, work.step));
  if (error instanceof PermanentError || age > STORE_PATIENCE_MS)
    return permanent(`${reason}. ${ADVICE}`, error);
  return throttled(reason, now + Math.min(Math.max(age, SHORTEST_WAIT_MS), LONGEST_WAIT_MS));
}

const ADVICE =
  'Mend the store, or set another one and restart; then retry: it is stored, and not made again.';
