import { createHmac, randomBytes } from 'node:crypto';
import { rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Artifact } from '@fulfillment/shared';
import { DiskError } from '../errors.ts';
import { displayName } from '../names/file-name.ts';
import { pathName } from '../names/path-name.ts';
import type { ArtifactInput } from '../stores/artifact-store.ts';
import { holdError, type Written, writeWhole } from './write-whole.ts';

/**
 * Writes an artifact into a folder under a name that is never served, and moves it to its place
 * once it is whole.
 * @param placeOf returns the place of its file, and makes the folder for it.
 * @throws as `writeWhole` does.
 */
export async function writeArtifact(
  folder: string,
  { body, contentType, signal, ...input }: ArtifactInput,
  limits: { maxBytes: number; flush: boolean },
  placeOf: (artifact: Artifact) => string | Promise<string>,
): Promise<Artifact> {
  holdError(body);
  const partial = path.join(folder, `${randomBytes(16).toString('hex')}.part`);
  const artifact = artifactOf(input, await writeWhole(partial, body, { ...limits, contentType }, signal));
  try {
    await rename(partial, await placeOf(artifact));
  } catch (error) {
    await rm(partial, { force: true });
    throw new DiskError(error);
  }
  return artifact;
}

/**
 * The artifact that was written, and its place in any store: under its order and round, at a path
 * that cannot be guessed.
 */
function artifactOf(
  { orderId, round, fileName, secret }: Pick<ArtifactInput, 'orderId' | 'round' | 'fileName' | 'secret'>,
  { sha256, contentType, bytes }: Written,
): Artifact {
  const name = displayName(fileName, contentType);
  return {
    path: path.posix.join(orderId, round, nameOf(sha256, secret), pathName(name)),
    fileName: name,
    contentType,
    bytes,
  };
}

/**
 * The name of an artifact below its order and round. The name follows from the bytes and the
 * secret. Nobody without the secret can guess it, even with the bytes.
 */
function nameOf(sha256: string, secret: string = randomBytes(32).toString('hex')): string {
  return createHmac('sha256', secret).update(sha256).digest('hex').slice(0, 32);
}
