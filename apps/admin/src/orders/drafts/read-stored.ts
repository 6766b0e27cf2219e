import type { ArtifactStore } from '@fulfillment/artifacts';
import type { Artifact } from '@fulfillment/shared';

/** The artifact store does not return a file that it has. */
export class StoreAwayError extends Error {
  override readonly name = 'StoreAwayError';

  constructor(cause: unknown) {
    super('the artifact store cannot be read', { cause });
  }
}

/**
 * The bytes of a stored file. Each store reports a missing file in its own way, so the store is
 * asked whether it has the file.
 * @returns null when the file is missing in the store.
 * @throws StoreAwayError when the store does not work.
 */
export async function readStored(
  store: Pick<ArtifactStore, 'read' | 'has'>,
  artifact: Artifact,
): Promise<Buffer | null> {
  try {
    return Buffer.from(await (await store.read(artifact)).arrayBuffer());
  } catch (error) {
    if (await store.has(artifact).catch(() => true)) throw new StoreAwayError(error);
    return null;
  }
}
