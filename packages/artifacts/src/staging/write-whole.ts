import { createHash } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { aborted } from '@fulfillment/shared';
import { DiskError, InvalidOutputError } from '../errors.ts';
import { HEAD_BYTES, isTextType, type TextCheck, trueType } from '../media/true-type.ts';
import type { Body } from '../outputs/output.ts';

/** The result of a write. */
export interface Written {
  bytes: number;
  sha256: string;
  /** The type that the bytes begin with, or otherwise the stated type. */
  contentType: string;
}

/**
 * Writes bytes to a new file, and checks their type. If the bytes are wrong or incomplete, the file
 * is removed.
 * @param flush whether the bytes are flushed to the disk itself at the end, so that they survive a
 * loss of power.
 * @throws InvalidOutputError for bytes that cannot be delivered. DiskError when the disk does not
 * take them. Otherwise what the body throws.
 */
export async function writeWhole(
  file: string,
  body: Body,
  { maxBytes, contentType, flush }: { maxBytes: number; contentType: string; flush: boolean },
  signal: AbortSignal | undefined,
): Promise<Written> {
  const looked = new Looked(maxBytes);
  const isText = isTextType(contentType);
  let ofBody: unknown;
  async function* chunks() {
    try {
      yield* chunksOf(body);
    } catch (error) {
      ofBody = error;
      throw error;
    }
  }
  try {
    await mkdir(path.dirname(file), { recursive: true });
    const source = Readable.from(chunks());
    // A body that never ends holds up its pipeline forever, even if the pipeline is aborted.
    const written = pipeline(
      source,
      looked,
      createWriteStream(file, { flush }),
      signal === undefined ? {} : { signal },
    );
    await (signal === undefined ? written : Promise.race([written, aborted(signal)]));
    if (looked.bytes === 0) throw new InvalidOutputError('an artifact is empty');
    return {
      bytes: looked.bytes,
      sha256: looked.sha256(),
      contentType: await trueType(looked.head, contentType, isText ? looked.textCheck() : null),
    };
  } catch (error) {
    // If nothing could be written, there may be nothing to remove. The first error says what is
    // wrong.
    await rm(file, { force: true }).catch(() => undefined);
    const isOfDisk = error !== ofBody && !(error instanceof InvalidOutputError) && !signal?.aborted;
    throw isOfDisk ? new DiskError(error) : error;
  }
}

function chunksOf(body: Body): Iterable<Uint8Array> | AsyncIterable<Uint8Array> {
  if (typeof body === 'string') return [Buffer.from(body)];
  if (body instanceof Uint8Array) return [body];
  if (typeof body === 'object' && body !== null && Symbol.asyncIterator in body) return body;
  throw new InvalidOutputError('a body must be a Uint8Array, a string, or an async iterable of bytes');
}

/**
 * A stream whose file is missing fails before anybody reads it, and an error event without a
 * listener ends the process. A later reader still gets the error.
 */
export function holdError(body: unknown): void {
  if (body instanceof EventEmitter) body.on('error', () => undefined);
}

/**
 * Counts and hashes the bytes that pass through, keeps their beginning, and checks whether they are
 * text.
 */
class Looked extends Transform {
  bytes = 0;
  head = Buffer.alloc(0);
  readonly #max: number;
  readonly #hash = createHash('sha256');
  readonly #decoder = new TextDecoder('utf-8', { fatal: true });
  #isUtf8 = true;
  #nulAt: number | null = null;

  constructor(max: number) {
    super({ writableObjectMode: true });
    this.#max = max;
  }

  sha256(): string {
    return this.#hash.digest('hex');
  }

  /** The check whether all of the bytes are text, after their end. */
  textCheck(): TextCheck {
    return { isUtf8: this.#isUtf8 && this.#decodes(), nulAt: this.#nulAt };
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
    if (this.head.length < HEAD_BYTES) {
      this.head = Buffer.concat([this.head, chunk.subarray(0, HEAD_BYTES - this.head.length)]);
    }
    this.#isUtf8 &&= this.#decodes(chunk);
    const nul = this.#nulAt === null ? chunk.indexOf(0) : -1;
    if (nul >= 0) this.#nulAt = this.bytes + nul;
    this.#hash.update(chunk);
    this.bytes += chunk.length;
    if (this.bytes > this.#max) done(new InvalidOutputError(`an artifact is larger than ${this.#max} bytes`));
    else done(null, chunk);
  }

  #decodes(chunk?: Uint8Array): boolean {
    try {
      this.#decoder.decode(chunk, { stream: chunk !== undefined });
      return true;
    } catch {
      return false;
    }
  }
}
