import { type Artifact, type MediaType, type Product, urlForRound } from '@fulfillment/shared';
import type { ArtifactStore } from './artifact-store.ts';

/** A stored artifact as a product of a round, with its URL if the URL is permanent. */
export async function storedProduct(
  artifacts: ArtifactStore,
  { artifact, mediaType }: { artifact: Artifact; mediaType: MediaType },
  { round, usedUrls }: { round: string; usedUrls: ReadonlySet<string> },
): Promise<Product> {
  const url = artifacts.doUrlsExpire ? null : await artifacts.publicUrl(artifact);
  return url === null
    ? { mediaType, artifact }
    : { mediaType, artifact, url: urlForRound(url, round, usedUrls) };
}
