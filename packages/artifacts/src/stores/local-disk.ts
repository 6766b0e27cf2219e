import { access, link, mkdir, open, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Artifact } from '@fulfillment/shared';
import { mustBeKnown } from '@fulfillment/shared';
import { writeArtifact } from '../staging/write-artifact.ts';
import type { ArtifactStore } from './artifact-store.ts';

export interface LocalDiskOptions {
  /** The folder. Every app that stores or serves artifacts must see the same folder. */
  folder: string;
  /** The public address of the ingestor. Absent: artifacts have no public address. */
  publicUrl?: string | undefined;
  /** Largest artifact, in bytes. Default 1 GiB. */
  maxBytes?: number;
}

const OPTIONS = { folder: true, publicUrl: true, maxBytes: true } satisfies Record<
  keyof LocalDiskOptions,
  true
>;

/** The limit of a store that names none. */
export const DEFAULT_MAX_BYTES = 1024 ** 3;

/**
 * Artifacts on a local disk, which the ingestor serves under `/artifacts/`. Their names cannot be
 * guessed.
 * @throws TypeError for an unknown option.
 */
export function localDisk(options: LocalDiskOptions): ArtifactStore {
  mustBeKnown('localDisk', options, OPTIONS);
  const { folder, publicUrl, maxBytes = DEFAULT_MAX_BYTES } = options;
  const fileOf = ({ path: relative }: Artifact) => path.join(folder, relative);
  return {
    place: {
      where: path.resolve(folder),
      whenNotWritten: 'Make the folder writable, or have the files kept in another one',
      whenNotOpened: 'Start the ingestor; see that PUBLIC_URL leads to it, and that it sees the same folder',
    },
    folder,
    maxBytes,
    put(input) {
      // Written next to its own place, so that a half-written file is never visible.
      const beside = path.join(folder, input.orderId, input.round);
      return writeArtifact(beside, input, { maxBytes, flush: true }, async (artifact) => {
        await mkdir(path.dirname(fileOf(artifact)), { recursive: true });
        return fileOf(artifact);
      });
    },
    async take(file, artifact) {
      try {
        if (artifact.bytes > maxBytes) return null;
        await flushed(file);
        await mkdir(path.dirname(fileOf(artifact)), { recursive: true });
        await link(file, fileOf(artifact));
        return artifact;
      } catch (error) {
        // A file with this name has the same bytes. For any other error (another disk, a disk
        // without links), `put` reports the problem.
        return error instanceof Error && 'code' in error && error.code === 'EEXIST' ? artifact : null;
      }
    },
    publicUrl: (artifact) =>
      publicUrl === undefined
        ? null
        : `${publicUrl}/artifacts/${artifact.path.split('/').map(encodeURIComponent).join('/')}`,
    async removeOrder(orderId) {
      await rm(path.join(folder, orderFolder(orderId)), { recursive: true, force: true });
    },
    async read(artifact, signal) {
      const file = await open(fileOf(artifact));
      try {
        return new Blob([await file.readFile(signal === undefined ? {} : { signal })], {
          type: artifact.contentType,
        });
      } finally {
        await file.close();
      }
    },
    has: (artifact) =>
      access(fileOf(artifact)).then(
        () => true,
        () => false,
      ),
  };
}

/**
 * The name of an order's folder. An id that would lead to the folder of all orders, or outside of
 * it, is rejected.
 */
export function orderFolder(orderId: string): string {
  if (path.basename(orderId) === orderId && !/^\.*$/.test(orderId)) return orderId;
  throw new TypeError(`"${orderId}" is no order's id`);
}

async function flushed(file: string): Promise<void> {
  const handle = await open(file);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
