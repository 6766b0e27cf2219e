import { AtelierError, ConnectionError, NotFoundError, UnexpectedResponseError } from '@atelier-ai/sdk';
import { type ArtifactStore, hostedType, PermanentError, whyNotHosted } from '@fulfillment/handlers';
import { describeError, type JobContext, permanent, StepError, waitingForStore } from '@fulfillment/platform';
import {
  type Artifact,
  draftOf,
  type OrderRef,
  type Payload,
  STORE_PATIENCE_MS,
  type Step,
  unpublished,
  urlForRound,
  urlsOfOtherRounds,
} from '@fulfillment/shared';
import type { Delivery } from './dependencies.ts';
import { once } from './once.ts';

/** Larger files go to the marketplace's file store. */
const MAX_EDGE_BYTES = 4_400_000;
/** How often a large file is sent when the connection breaks, or when the answer is not one. Each time is a counted call. */
const LARGE_FILE_TRIES = 3;

const ADVICE =
  'Set PUBLIC_URL, without `artifacts: atelier(…)` in the configuration, so that the ingestor serves files itself; restart, then retry';

/**
 * The step `publish`: artifacts whose address was not told yet are given one, since a URL that the buyer cannot open must never be
 * delivered: that of their store, made now, else that of the marketplace, to which they are uploaded. Each address is a fact of its own:
 * what is up is not sent again. An upload that took effect without our knowing is only a file too many.
 */
export async function publish(
  delivery: Delivery,
  payload: Payload<'delivery', 'publish'>,
  context: JobContext,
): Promise<void> {
  const { runtime, artifacts } = delivery;
  const { agentId, orderId, round, attempt } = payload;
  const ref = { agentId, orderId };
  const step = { name: 'publish', round, attempt } as const satisfies Step;

  await once(runtime, ref, step, async ({ record }) => {
    let published = record;
    for (const { index, artifact } of unpublished(record, round)) {
      const address =
        (await ownAddress(artifacts, artifact, context)) ?? (await upload(delivery, ref, artifact, context));
      const url = urlForRound(address, round, urlsOfOtherRounds(record, round));
      const draft = draftOf(record, round);
      published = await runtime.store.appendAndLoad(ref, [{ type: 'published', round, draft, index, url }]);
      context.log.info({ file: artifact.fileName, bytes: artifact.bytes }, 'published');
    }
    return published;
  });
}

/** Where the store itself has buyers open an artifact; null when it has no address for them. */
async function ownAddress(
  artifacts: ArtifactStore,
  artifact: Artifact,
  context: JobContext,
): Promise<string | null> {
  return patiently(context, artifact, async () => {
    const url = await artifacts.publicUrl(artifact);
    // The store may be another one than that of the day it was made.
    if (url !== null && (await artifacts.has?.(artifact, context.signal)) === false) throw notThere(artifact);
    return url;
  });
}

async function upload(
  { runtime, artifacts }: Delivery,
  ref: OrderRef,
  artifact: Artifact,
  context: JobContext,
): Promise<string> {
  const { fileName, bytes } = artifact;
  const rejection = whyNotHosted(artifact);
  const contentType = hostedType(artifact.contentType);
  if (rejection !== null || contentType === null) throw permanent(`${rejection}. ${ADVICE}`);
  const file = await patiently(context, artifact, () => read(artifacts, artifact, context.signal));
  try {
    return await runtime.marketplace.upload(ref, { file, filename: fileName, contentType });
  } catch (error) {
    const isTooLarge = error instanceof AtelierError && error.status === 413;
    const isBrokenOff = error instanceof ConnectionError && error.mayHaveTakenEffect;
    const isLost = isBrokenOff || error instanceof UnexpectedResponseError;
    const isHopeless = isLost && bytes > MAX_EDGE_BYTES && context.tryNumber >= LARGE_FILE_TRIES;
    // The marketplace gives no token any more.
    const hasNoWay = error instanceof NotFoundError;
    if (!isTooLarge && !isHopeless && !hasNoWay) throw error;
    const what = isTooLarge ? 'is rejected as too large' : 'does not get through';
    throw permanent(
      `${fileName}, of ${bytes} bytes, ${what} on its way to the marketplace. ${ADVICE}`,
      error,
    );
  }
}

/** A file that is not there comes from a folder that is not the same one: trying again does not help. */
async function read(artifacts: ArtifactStore, artifact: Artifact, signal: AbortSignal): Promise<Blob> {
  try {
    return await artifacts.read(artifact, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    throw notThere(artifact, error);
  }
}

/** How long to wait before a store that failed is asked again, at first. */
const STORE_WAIT_MS = 1000;

/**
 * Asks the artifact store. @throws StepError: while it fails the step waits and uses no try; it is permanent when the store says no, or
 * has failed for too long.
 */
async function patiently<T>(
  { storeFailingSince }: JobContext,
  { fileName }: Artifact,
  ask: () => Promise<T>,
): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof StepError) throw error;
    const reason = `${fileName} cannot be had from the artifact store: ${describeError(error)}`;
    const now = Date.now();
    const isOver = storeFailingSince !== null && now - storeFailingSince > STORE_PATIENCE_MS;
    if (error instanceof PermanentError || isOver) {
      throw permanent(`${reason}. Mend the store or its settings, restart, then retry.`, error);
    }
    throw waitingForStore(reason, now + STORE_WAIT_MS);
  }
}

function notThere({ fileName }: Artifact, cause?: unknown) {
  const advice = 'Is ARTIFACTS_DIR the same folder for all apps? Is the store the one that it was made for?';
  return permanent(`${fileName} is not where it was stored. ${advice}`, cause);
}
