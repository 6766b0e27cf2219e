import { AtelierError, ConnectionError, NotFoundError, UnexpectedResponseError } from '@atelier-ai/sdk';
import {
  type ArtifactStore,
  asciiName,
  hostedType,
  PermanentError,
  whyNotHosted,
} from '@fulfillment/artifacts';
import {
  describeError,
  type JobContext,
  permanent,
  StepError,
  type WriteRun,
  waitingForStore,
} from '@fulfillment/platform';
import {
  type Artifact,
  draftOf,
  type Fact,
  STORE_PATIENCE_MS,
  unpublished,
  urlForRound,
  urlsOfOtherRounds,
} from '@fulfillment/shared';
import type { Delivery } from './dependencies.ts';

/** Larger files go to the marketplace's file store. */
const MAX_EDGE_BYTES = 4_400_000;
/**
 * How often we send a large file when the connection breaks or the answer is not usable. Each time
 * is a counted call.
 */
const LARGE_FILE_TRIES = 3;

const ADVICE =
  'Set PUBLIC_URL, without `artifacts: atelier(…)` in the configuration, so that the ingestor serves files itself. Restart, then retry';

/**
 * The step `publish`. It gives a public address to each artifact without a recorded address,
 * because a URL that the buyer cannot open must never be delivered. The address comes from the
 * artifact's own store if that store has one. Otherwise the step uploads the artifact to the
 * marketplace. Each address is a fact of its own, so a published file is not sent again. An upload
 * that took effect unnoticed leaves only one superfluous file.
 */
export async function publish(run: WriteRun<'publish'>, delivery: Delivery): Promise<Fact[]> {
  const { artifacts } = delivery;
  const { record, job } = run;
  const { round } = run.step;
  for (const { index, artifact } of unpublished(record, round)) {
    const address = (await ownAddress(artifacts, artifact, job)) ?? (await upload(run, artifact, delivery));
    const url = urlForRound(address, round, urlsOfOtherRounds(record, round));
    await run.append({ type: 'published', round, draft: draftOf(record, round), index, url });
    run.log.info({ file: artifact.fileName, bytes: artifact.bytes }, 'published');
  }
  return [];
}

/**
 * The address at which buyers open an artifact in its own store, or null when the store has no
 * address for it.
 */
async function ownAddress(
  artifacts: ArtifactStore,
  artifact: Artifact,
  context: JobContext,
): Promise<string | null> {
  return patiently(context, artifact, async () => {
    const url = await artifacts.publicUrl(artifact);
    // The store may not be the store of the day on which the artifact was generated.
    if (url !== null && !(await artifacts.has(artifact, context.signal))) throw notThere(artifact);
    return url;
  });
}

async function upload(
  { ref, job }: WriteRun<'publish'>,
  artifact: Artifact,
  { runtime, artifacts }: Delivery,
): Promise<string> {
  const { fileName, bytes } = artifact;
  const rejection = whyNotHosted(artifact);
  const contentType = hostedType(artifact.contentType);
  if (rejection !== null || contentType === null) throw permanent(`${rejection}. ${ADVICE}`);
  const file = await patiently(job, artifact, () => read(artifacts, artifact, job.signal));
  try {
    return await runtime.marketplace.upload(ref, { file, filename: asciiName(fileName), contentType });
  } catch (error) {
    const isTooLarge = error instanceof AtelierError && error.status === 413;
    const isBrokenOff = error instanceof ConnectionError && error.mayHaveTakenEffect;
    const isLost = isBrokenOff || error instanceof UnexpectedResponseError;
    const isHopeless = isLost && bytes > MAX_EDGE_BYTES && job.tryNumber >= LARGE_FILE_TRIES;
    // The marketplace no longer issues tokens.
    const hasNoWay = error instanceof NotFoundError;
    if (!isTooLarge && !isHopeless && !hasNoWay) throw error;
    const what = isTooLarge ? 'is rejected as too large' : 'does not get through';
    throw permanent(
      `${fileName}, of ${bytes} bytes, ${what} on its way to the marketplace. ${ADVICE}`,
      error,
    );
  }
}

/** A missing file means that the folder is not the same one. A retry does not help. */
async function read(artifacts: ArtifactStore, artifact: Artifact, signal: AbortSignal): Promise<Blob> {
  try {
    return await artifacts.read(artifact, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    throw notThere(artifact, error);
  }
}

/** The first wait before a store that failed is asked again. */
const STORE_WAIT_MS = 1000;

/**
 * Asks the artifact store.
 * @throws StepError (throttled) while the store fails: the step waits and uses no attempt. The
 * error is permanent when the store rejects the request, or has failed for too long.
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
      throw permanent(`${reason}. Repair the store or its settings, restart, then retry.`, error);
    }
    throw waitingForStore(reason, now + STORE_WAIT_MS);
  }
}

function notThere({ fileName }: Artifact, cause?: unknown) {
  const advice = 'Is ARTIFACTS_DIR the same folder for all apps? Is the artifact store still the same?';
  return permanent(`${fileName} is missing in its store. ${advice}`, cause);
}
