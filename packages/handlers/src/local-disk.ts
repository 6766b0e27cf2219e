import { randomBytes } from 'node:crypto';
import { EventEmitter } from 'node:events';
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
  /** Ends the writing, whatever the body still does; nothing is kept then. */
  signal?: AbortSignal | undefined;
}

/** Keeps the bytes of deliverables. */
export interface ArtifactStore {
  /** Stores bytes whole or not at all. @throws InvalidOutputError when there are none, or too many. */
  put(input: ArtifactInput): Promise<Artifact>;
  /** Where buyers open an artifact; null when this store has no public address. */
  publicUrl(artifact: Artifact): string | null | Promise<string | null>;
  /** The bytes of an artifact. */
  read(artifact: Artifact): Promise<Blob>;
  /** Removes all that is kept of an order, when it is forgotten. */
  removeOrder(orderId: string): Promise<void>;
  /** What `pnpm run doctor` says of it; a store without one is called "the artifact store". */
  readonly place?: StorePlace;
}

/** Where a store keeps files, and what an operator does about one that does not work. */
export interface StorePlace {
  /** As it stands after "kept in". */
  where: string;
  /** What to do when it takes no file. */
  whenNotWritten: string;
  /** What to do when a file cannot be opened from outside. */
  whenNotOpened: string;
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
    place: {
      where: path.resolve(folder),
      whenNotWritten: 'Make the folder writable, or set ARTIFACTS_DIR to another one',
      whenNotOpened:
        'Start the ingestor; see that PUBLIC_URL leads to it, and that it has the same ARTIFACTS_DIR',
    },
    async put({ orderId, round, body, contentType, fileName, signal }) {
      holdError(body);
      const name = safeFileName(fileName, contentType);
      const relative = path.posix.join(orderId, round, randomBytes(16).toString('hex'), name);
      const target = path.join(folder, relative);
      const bytes = await writeWhole(target, body, { maxBytes, contentType }, signal);
      return { path: relative, fileName: name, contentType, bytes };
    },
    publicUrl: (artifact) =>
      publicUrl === undefined
        ? null
        : `${publicUrl}/artifacts/${artifact.path.split('/').map(encodeURIComponent).join('/')}`,
    async removeOrder(orderId) {
      // The folder itself, or one beside it, is no order's.
      if (path.basename(orderId) !== orderId || /^\.*$/.test(orderId))
        throw new TypeError(`"${orderId}" is no order's id`);
      await rm(path.join(folder, orderId), { recursive: true, force: true });
    },
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
async function writeWhole(
  target: string,
  body: Body,
  { maxBytes, contentType }: { maxBytes: number; contentType: string },
  signal: AbortSignal | undefined,
): Promise<number> {
  const folder = path.dirname(target);
  await mkdir(folder, { recursive: true });
  const partial = `${target}.part`;
  const counter = new Checked(maxBytes);
  try {
    const file = createWriteStream(partial, { flush: true });
    const source = Readable.from(chunksOf(body));
    // A body that never comes to an end holds up its pipeline for ever, even one that is aborted.
    const written = pipeline(source, counter, file, signal === undefined ? {} : { signal });
    await (signal === undefined ? written : Promise.race([written, rejectedBy(signal)]));
    if (counter.bytes === 0) throw new InvalidOutputError('an artifact is empty');
    if (IS_BINARY.test(contentType) && HTML_PAGE.test(counter.head)) {
      throw new InvalidOutputError(`an artifact is said to be ${contentType}, and is an HTML page`);
    }
    await rename(partial, target);
    return counter.bytes;
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

function chunksOf(body: Body): Iterable<Uint8Array> | AsyncIterable<unknown> {
  if (typeof body === 'string') return [Buffer.from(body)];
  if (body instanceof Uint8Array) return [body];
  if (typeof body === 'object' && body !== null && Symbol.asyncIterator in body) return body;
  throw new InvalidOutputError('a body must be a Uint8Array, a string, or an async iterable of bytes');
}

function rejectedBy(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

/**
 * A stream whose file is missing fails before anybody reads it, and a failure that nobody listens to ends the process. Whoever
 * reads it later is told of the failure all the same.
 */
export function holdError(body: unknown): void {
  if (body instanceof EventEmitter) body.on('error', () => undefined);
}

/** Types whose bytes never are a page: what a proxy says in place of an image is not delivered as one. */
const IS_BINARY = /^(image\/(?!svg)|video\/|audio\/|application\/(pdf|zip|octet-stream))/i;
const HTML_PAGE = /^\uFEFF?\s*(<!doctype html|<html)/i;
const HEAD_BYTES = 512;

/** Counts what goes through, and keeps its beginning. */
class Checked extends Transform {
  bytes = 0;
  head = '';
  readonly #max: number;

  constructor(max: number) {
    super({ writableObjectMode: true });
    this.#max = max;
  }

  override _transform(
    given: unknown,
    _encoding: string,
    done: (error: Error | null, chunk?: Uint8Array) => void,
  ): void {
    const chunk = typeof given === 'string' ? Buffer.from(given) : given;
    if (!(chunk instanceof Uint8Array)) {
      done(new InvalidOutputError('a body gave something that is not bytes'));
      return;
    }
    if (this.bytes < HEAD_BYTES) this.head += Buffer.from(chunk.subarray(0, HEAD_BYTES)).toString('utf8');
    this.bytes += chunk.length;
    if (this.bytes > this.#max) done(new InvalidOutputError(`an artifact is larger than ${this.#max} bytes`));
    else done(null, chunk);
  }
}
