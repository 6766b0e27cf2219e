import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Artifact } from '@fulfillment/shared';
import { InvalidOutputError } from './errors.ts';
import { safeFileName } from './media.ts';
import type { Body } from './types.ts';

/** Bytes to keep, and what they belong to. */
export interface ArtifactInput {
  orderId: string;
  round: string;
  body: Body;
  contentType: string;
  fileName?: string | undefined;
}

/** Keeps the bytes of deliverables. */
export interface ArtifactStore {
  /** Stores bytes whole or not at all. @throws InvalidOutputError when there are none, or too many. */
  put(input: ArtifactInput): Promise<Artifact>;
  /** Where buyers open an artifact; null when this store has no public address. */
  publicUrl(artifact: Artifact): string | null;
  /** The bytes of an artifact. */
  read(artifact: Artifact): Promise<Blob>;
}

export interface LocalDiskOptions {
  /** The folder; every app that stores or serves artifacts must see the same one. */
  folder: string;
  /** Where the ingestor is reached from outside; absent: artifacts have no public address. */
  publicUrl?: string | undefined;
  /** Largest artifact, in bytes. Default 1 GiB. */
  maxBytes?: number;
}

const DEFAULT_MAX_BYTES = 1024 ** 3;

/** Artifacts on a local disk, served by the ingestor under `/artifacts/`. Their names cannot be guessed. */
export function localDisk(options: LocalDiskOptions): ArtifactStore {
  const { folder, publicUrl, maxBytes = DEFAULT_MAX_BYTES } = options;
  return {
    async put({ orderId, round, body, contentType, fileName }) {
      const name = safeFileName(fileName, contentType);
      const relative = path.posix.join(orderId, round, randomBytes(16).toString('hex'), name);
      const target = path.join(folder, relative);
      const bytes = await writeWhole(target, body, maxBytes);
      return { path: relative, fileName: name, contentType, bytes };
    },
    publicUrl: (artifact) =>
      publicUrl === undefined
        ? null
        : `${publicUrl}/artifacts/${artifact.path.split('/').map(encodeURIComponent).join('/')}`,
    async read(artifact) {
      const file = await open(path.join(folder, artifact.path));
      try {
        return new Blob([await file.readFile()], { type: artifact.contentType });
      } finally {
        await file.close();
      }
    },
  };
}

/** Writes beside the target and renames, so that a half-written file is never served. @returns how many bytes. */
async function writeWhole(target: string, body: Body, maxBytes: number): Promise<number> {
  const folder = path.dirname(target);
  await mkdir(folder, { recursive: true });
  const partial = `${target}.part`;
  const counter = new ByteCounter(maxBytes);
  try {
    const source = typeof body === 'string' || body instanceof Uint8Array ? [Buffer.from(body)] : body;
    await pipeline(Readable.from(source), counter, createWriteStream(partial, { flush: true }));
    if (counter.bytes === 0) throw new InvalidOutputError('an artifact is empty');
    await rename(partial, target);
    return counter.bytes;
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

class ByteCounter extends Transform {
  bytes = 0;
  readonly #max: number;

  constructor(max: number) {
    super();
    this.#max = max;
  }

  override _transform(
    chunk: Buffer,
    _encoding: string,
    done: (error: Error | null, chunk?: Buffer) => void,
  ): void {
    this.bytes += chunk.length;
    if (this.bytes > this.#max) done(new InvalidOutputError(`an artifact is larger than ${this.#max} bytes`));
    else done(null, chunk);
  }
}
