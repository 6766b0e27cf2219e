import { randomUUID } from 'node:crypto';
import { access, copyFile, link, mkdir, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { type Artifact, rejectUnknownOptions } from '@fulfillment/shared';
import { DiskError, InvalidOutputError } from '../errors.ts';
import { folderName } from '../names/folder-name.ts';
import { DEFAULT_MAX_BYTES } from '../staging/staging.ts';
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

/**
 * Artifacts on a local disk, which the ingestor serves under `/artifacts/`. Their names cannot be
 * guessed.
 * @throws TypeError for an unknown option.
 */
export function localDisk(options: LocalDiskOptions): ArtifactStore {
  rejectUnknownOptions('localDisk', options, OPTIONS);
  const { folder, publicUrl, maxBytes = DEFAULT_MAX_BYTES } = options;
  const fileOf = ({ path: relative }: Artifact) => path.join(folder, relative);
  return {
    place: {
      where: path.resolve(folder),
      whenNotWritten: 'Make the folder writable, or choose another folder',
      whenNotOpened:
        'Start the ingestor. Check that PUBLIC_URL leads to it, and that it sees the same folder',
    },
    folder,
    maxBytes,
    doUrlsExpire: false,
    async add(file, artifact, signal) {
      if (artifact.bytes > maxBytes)
        throw new InvalidOutputError(`${artifact.fileName} is larger than ${maxBytes} bytes`);
      try {
        await linkOrCopy(file, fileOf(artifact), signal);
      } catch (error) {
        signal.throwIfAborted();
        throw new DiskError(error);
      }
    },
    async publicUrl(artifact) {
      return publicUrl === undefined
        ? null
        : `${publicUrl}/artifacts/${artifact.path.split('/').map(encodeURIComponent).join('/')}`;
    },
    async removeOrder(orderId) {
      await rm(path.join(folder, folderName(orderId)), { recursive: true, force: true });
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
 * Puts a flushed file at its place. A link costs no second write. Another disk, or a disk without
 * links, gets a copy, which is never visible half written.
 */
async function linkOrCopy(file: string, place: string, signal: AbortSignal): Promise<void> {
  await flush(file);
  await mkdir(path.dirname(place), { recursive: true });
  try {
    await link(file, place);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    // A file with this name has the same bytes.
    if (code === 'EEXIST') return;
    if (!HAS_NO_LINKS.includes(code)) throw error;
    await copy(file, place, signal);
  }
}

/** A link across disks, on a disk without links, or to a file of somebody else is not possible. */
const HAS_NO_LINKS = ['EXDEV', 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EACCES'];

async function copy(file: string, place: string, signal: AbortSignal): Promise<void> {
  const partial = `${place}.${randomUUID()}.part`;
  try {
    await copyFile(file, partial);
    signal.throwIfAborted();
    await flush(partial);
    await rename(partial, place);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}

async function flush(file: string): Promise<void> {
  const handle = await open(file);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
