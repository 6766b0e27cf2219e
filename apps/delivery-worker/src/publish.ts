import { AtelierError, ConnectionError } from '@atelier-ai/sdk';
import { type ArtifactStore, whyNotHosted } from '@fulfillment/handlers';
import { type JobContext, permanent } from '@fulfillment/platform';
import {
  type Artifact,
  draftOf,
  type OrderRef,
  type Payload,
  type Step,
  unpublished,
  urlForRound,
  urlsOfOtherRounds,
} from '@fulfillment/shared';
import type { Delivery } from './delivery.ts';
import { once } from './once.ts';

/** The edge before the marketplace may refuse larger requests, or break them off. */
const MAX_EDGE_BYTES = 4_500_000;
/** As often as sending a large file is tried when the connection breaks. Each time is a counted call. */
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
  { signal }: JobContext,
): Promise<string | null> {
  const url = await artifacts.publicUrl(artifact);
  // The store may be another one than that of the day it was made.
  if (url !== null && (await artifacts.has?.(artifact, signal)) === false) throw notThere(artifact);
  return url;
}

async function upload(
  { runtime, artifacts }: Delivery,
  ref: OrderRef,
  artifact: Artifact,
  { signal, tryNumber }: JobContext,
): Promise<string> {
  const { fileName, contentType, bytes } = artifact;
  const refusal = whyNotHosted(artifact);
  if (refusal !== null) throw permanent(`${refusal}. ${ADVICE}`);
  const file = await read(artifacts, artifact, signal);
  try {
    return await runtime.marketplace.upload(ref, file, fileName, contentType);
  } catch (error) {
    const isTooLarge = error instanceof AtelierError && error.status === 413;
    const isBrokenOff = error instanceof ConnectionError && error.mayHaveTakenEffect;
    const isHopeless = isBrokenOff && bytes > MAX_EDGE_BYTES && tryNumber >= LARGE_FILE_TRIES;
    if (!isTooLarge && !isHopeless) throw error;
    const what = isTooLarge ? 'is refused as too large' : 'does not get through';
    throw permanent(
      `${fileName}, of ${bytes} bytes, ${what} on its way to the marketplace, which may take no more than about 4.5 MB at once. ${ADVICE}`,
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

function notThere({ fileName }: Artifact, cause?: unknown) {
  const advice = 'Is ARTIFACTS_DIR the same folder for all apps? Is the store the one that it was made for?';
  return permanent(`${fileName} is not where it was stored. ${advice}`, cause);
}
