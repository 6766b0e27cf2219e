import { EventEmitter } from 'node:events';
import { createWriteStream } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { aborted } from '@fulfillment/shared';
import { DiskError, InvalidOutputError } from '../errors.ts';
import type { Body } from '../outputs/output.ts';
import { type Inspected, Inspection } from './inspect-bytes.ts';

export interface WriteOptions {
  /** The content type that the handler gave. */
  contentType: string;
  maxBytes: number;
  /** Ends the writing, whatever the body still does. */
  signal: AbortSignal;
}

/**
 * Writes bytes to a new file once, and inspects them on their way. If the bytes are wrong or
 * incomplete, the file is removed. The file is not flushed: see `ArtifactStore.add`.
 * @throws InvalidOutputError for bytes that cannot be delivered. DiskError when the disk does not
 * take them. Otherwise what the body throws.
 */
export async function writeInspected(file: string, body: Body, options: WriteOptions): Promise<Inspected> {
  const inMemory = typeof body === 'string' ? Buffer.from(body) : body;
  try {
    return inMemory instanceof Uint8Array
      ? await writeBytes(file, inMemory, options)
      : await writeStream(file, iterableOf(inMemory), options);
  } catch (error) {
    // If nothing could be written, there may be nothing to remove. The first error says what is
    // wrong.
    await rm(file, { force: true }).catch(() => undefined);
    throw error;
  }
}

async function writeBytes(
  file: string,
  bytes: Uint8Array,
  { contentType, maxBytes, signal }: WriteOptions,
): Promise<Inspected> {
  const inspection = new Inspection(contentType, maxBytes);
  inspection.add(bytes);
  const inspected = await inspection.finish();
  try {
    await writeFile(file, bytes, { signal });
  } catch (error) {
    throw signal.aborted ? error : new DiskError(error);
  }
  return inspected;
}

async function writeStream(
  file: string,
  body: AsyncIterable<Uint8Array>,
  { contentType, maxBytes, signal }: WriteOptions,
): Promise<Inspected> {
  const inspection = new Inspection(contentType, maxBytes);
  let errorOfBody: unknown;
  async function* chunks() {
    try {
      yield* body;
    } catch (error) {
      errorOfBody = error;
      throw error;
    }
  }
  try {
    // A body that never ends holds up its pipeline forever, even if the pipeline is aborted.
    await Promise.race([
      pipeline(Readable.from(chunks()), inspecting(inspection), createWriteStream(file), { signal }),
      aborted(signal),
    ]);
  } catch (error) {
    const isOfDisk = error !== errorOfBody && !(error instanceof InvalidOutputError) && !signal.aborted;
    throw isOfDisk ? new DiskError(error) : error;
  }
  return inspection.finish();
}

function iterableOf(body: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  // A handler in JavaScript may return anything.
  if (typeof body === 'object' && body !== null && Symbol.asyncIterator in body) return body;
  throw new InvalidOutputError('a body must be a Uint8Array, a string, or an async iterable of bytes');
}

/** Passes bytes on, after an inspection has seen them. */
function inspecting(inspection: Inspection): Transform {
  return new Transform({
    writableObjectMode: true,
    transform(given: unknown, _encoding, done) {
      const chunk = typeof given === 'string' ? Buffer.from(given) : given;
      try {
        if (!(chunk instanceof Uint8Array))
          throw new InvalidOutputError('a body gave something that is not bytes');
        inspection.add(chunk);
        done(null, chunk);
      } catch (error) {
        done(error instanceof Error ? error : new Error(String(error)));
      }
    },
  });
}

/**
 * A stream whose file is missing fails before anybody reads it, and an error event without a
 * listener ends the process. A later reader still gets the error.
 */
export function holdError(body: unknown): void {
  if (body instanceof EventEmitter) body.on('error', () => undefined);
}
