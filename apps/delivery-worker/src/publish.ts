import type { ArtifactStore } from '@fulfillment/handlers';
import { type JobContext, permanent } from '@fulfillment/platform';
import {
  type Artifact,
  draftOf,
  type Payload,
  type Step,
  unpublished,
  urlForRound,
  urlsOfOtherRounds,
} from '@fulfillment/shared';
import type { Delivery } from './delivery.ts';
import { once } from './once.ts';

/** The marketplace hosts files up to this size. */
const MAX_UPLOAD_BYTES = 50 * 1024 * 1024;

/** What the marketplace hosts of an order. */
const UPLOADABLE =
  /^(image\/(jpeg|png|webp|gif)|video\/(mp4|webm|quicktime)|application\/(pdf|json|zip|javascript|x-python)|text\/(plain|markdown|csv|html|javascript|x-python))$/;

/**
 * The step `publish`: artifacts without a public address are uploaded to the marketplace, since a URL that the buyer cannot
 * open must never be delivered. Each upload is a fact of its own: what is up is not sent again. One that took effect without
 * our knowing is only a file too many.
 */
export async function publish(
  { runtime, artifacts }: Delivery,
  payload: Payload<'delivery', 'publish'>,
  context: JobContext,
): Promise<void> {
  const { agentId, orderId, round, attempt } = payload;
  const ref = { agentId, orderId };
  const step = { name: 'publish', round, attempt } as const satisfies Step;

  await once(runtime, ref, step, async ({ record }) => {
    let published = record;
    for (const { index, artifact } of unpublished(record, round)) {
      mustBeUploadable(artifact);
      const file = await read(artifacts, artifact);
      const hosted = await runtime.marketplace.upload(ref, file, artifact.fileName, artifact.contentType);
      const url = urlForRound(hosted, round, urlsOfOtherRounds(record, round));
      const draft = draftOf(record, round);
      published = await runtime.store.appendAndLoad(ref, [{ type: 'published', round, draft, index, url }]);
      context.log.info({ file: artifact.fileName, bytes: artifact.bytes }, 'published');
    }
    return published;
  });
}

/** A file that is not there comes from a folder that is not the same one: trying again does not help. */
async function read(artifacts: ArtifactStore, artifact: Artifact): Promise<Blob> {
  try {
    return await artifacts.read(artifact);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    const advice = 'Is ARTIFACTS_DIR the same folder for all apps?';
    throw permanent(`${artifact.fileName} is not where it was stored. ${advice}`, error);
  }
}

function mustBeUploadable({ fileName, contentType, bytes }: Artifact): void {
  const advice = 'Set PUBLIC_URL, so that the ingestor serves files itself, then retry';
  if (bytes > MAX_UPLOAD_BYTES) {
    throw permanent(
      `${fileName} has ${bytes} bytes, and the marketplace hosts at most ${MAX_UPLOAD_BYTES}. ${advice}`,
    );
  }
  if (!UPLOADABLE.test(contentType.split(';')[0]?.trim().toLowerCase() ?? '')) {
    throw permanent(`${fileName} is ${contentType}, which the marketplace does not host. ${advice}`);
  }
}
