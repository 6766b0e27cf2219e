import { createHmac, randomBytes } from 'node:crypto';
import path from 'node:path';
import type { Artifact } from '@fulfillment/shared';
import type { ArtifactInput } from './artifact-store.ts';
import { safeFileName } from './media.ts';
import type { Written } from './write-whole.ts';

/** The artifact that was written, and its place in any store: under its order and round, where it cannot be guessed. */
export function artifactOf(
  { orderId, round, fileName, secret }: Pick<ArtifactInput, 'orderId' | 'round' | 'fileName' | 'secret'>,
  { sha256, contentType, bytes }: Written,
): Artifact {
  const name = safeFileName(fileName, contentType);
  return {
    path: path.posix.join(orderId, round, nameOf(sha256, secret), name),
    fileName: name,
    contentType,
    bytes,
  };
}

/**
 * What an artifact is called below its order and round: it follows from its bytes, for whoever has the secret, and cannot be guessed by
 * anybody else, even one who has the bytes.
 */
function nameOf(sha256: string, secret: string = randomBytes(32).toString('hex')): string {
  return createHmac('sha256', secret).update(sha256).digest('hex').slice(0, 32);
}
