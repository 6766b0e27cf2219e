import { createHash } from 'node:crypto';
import path from 'node:path';
import type { Artifact } from '@fulfillment/shared';
import type { ArtifactStore } from '../stores/artifact-store.ts';
import { DEFAULT_MAX_BYTES } from '../stores/local-disk.ts';
import { writeArtifact } from './write-artifact.ts';

/**
 * Where files wait on this machine until their store takes them. The files must survive the end of
 * this process, but not a loss of power, because the store flushes them.
 */
export type Spool = Pick<ArtifactStore, 'put' | 'publicUrl'>;

/**
 * A spool that keeps its files directly in a folder, which is soon filled and soon emptied.
 * @param maxBytes of one file.
 */
export function spoolIn(folder: string, maxBytes: number = DEFAULT_MAX_BYTES): Spool {
  return {
    publicUrl: () => null,
    put: (input) =>
      writeArtifact(folder, input, { maxBytes, flush: false }, (artifact) => fileIn(folder, artifact)),
  };
}

/** The file that holds an artifact in the folder of a spool. */
export function fileIn(folder: string, artifact: Artifact): string {
  return path.join(folder, createHash('sha256').update(artifact.path).digest('hex'));
}
