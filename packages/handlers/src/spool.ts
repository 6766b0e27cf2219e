import { createHash, randomBytes } from 'node:crypto';
import { rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Artifact } from '@fulfillment/shared';
import { artifactOf } from './artifact-name.ts';
import type { ArtifactInput, ArtifactStore } from './artifact-store.ts';
import { DiskError } from './errors.ts';
import { DEFAULT_MAX_BYTES } from './local-disk.ts';
import { holdError, writeWhole } from './write-whole.ts';

/** Where files wait on this machine until their store takes them. They have to outlive this process, not a loss of power: the store sees to that. */
export type Spool = Pick<ArtifactStore, 'put' | 'publicUrl'>;

/** A spool that keeps its files directly in a folder, which is soon filled, and soon emptied. @param maxBytes of one file. */
export function spoolIn(folder: string, maxBytes: number = DEFAULT_MAX_BYTES): Spool {
  return {
    publicUrl: () => null,
    async put({ body, contentType, signal, ...input }: ArtifactInput) {
      holdError(body);
      const partial = path.join(folder, `${randomBytes(16).toString('hex')}.part`);
      const written = await writeWhole(partial, body, { maxBytes, contentType, flush: false }, signal);
      const artifact = artifactOf(input, written);
      try {
        await rename(partial, fileIn(folder, artifact));
      } catch (error) {
        await rm(partial, { force: true });
        throw new DiskError(error);
      }
      return artifact;
    },
  };
}

/** The file that holds an artifact in the folder of a spool. */
export function fileIn(folder: string, artifact: Artifact): string {
  return path.join(folder, createHash('sha256').update(artifact.path).digest('hex'));
}
