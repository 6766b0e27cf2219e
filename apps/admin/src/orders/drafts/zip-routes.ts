import { Readable } from 'node:stream';
import type { ArtifactStore } from '@fulfillment/artifacts';
import { contentDisposition } from '@fulfillment/artifacts';
import { type Artifact, generatedOf } from '@fulfillment/shared';
import type { FastifyInstance } from 'fastify';
import { Zip, ZipPassThrough } from 'fflate';
import { z } from 'zod';
import type { AdminOptions } from '../../options.ts';
import { refuse } from '../../refusal.ts';
import { findOrder } from '../find-order.ts';
import { LARGEST_BYTES } from './artifact-routes.ts';

const zipParams = z.object({ round: z.string().max(20) });

/** Serves the files of a round's current draft as one zip file. */
export function zipRoutes(server: FastifyInstance, options: AdminOptions): void {
  server.get('/orders/:agentId/:orderId/drafts/:round/files.zip', async (request, reply) => {
    const order = await findOrder(options, request.params);
    const asked = zipParams.safeParse(request.params);
    const products =
      order === null || !asked.success ? [] : (generatedOf(order.record, asked.data.round)?.products ?? []);
    const files = products.flatMap(({ artifact }) => artifact ?? []);
    if (order === null || files.length === 0)
      return refuse(options, reply, { status: 404, message: 'There are no such files.' });
    const tooLarge = files.find(({ bytes }) => bytes > LARGEST_BYTES);
    if (tooLarge !== undefined) {
      const message = `The file ${tooLarge.fileName} is too large for these pages. Open it in its store: ${tooLarge.path}`;
      return refuse(options, reply, { status: 413, message });
    }
    const fileName = `${order.ref.orderId}.zip`;
    return reply
      .type('application/zip')
      .header('content-disposition', contentDisposition({ fileName, contentType: 'application/zip' }, true))
      .send(Readable.from(zipped(options.artifacts, files), { objectMode: false }));
  });
}

/**
 * A zip file, one file after the other, so that the process holds one at a time. The files are not
 * compressed, because most of them already are. A missing file is named in a text file.
 */
async function* zipped(
  store: Pick<ArtifactStore, 'read'>,
  files: readonly Artifact[],
): AsyncGenerator<Uint8Array> {
  const ready: Uint8Array[] = [];
  let failure: Error | null = null;
  const zip = new Zip((error, chunk) => {
    if (error === null) ready.push(chunk);
    else failure = error;
  });
  const add = (name: string, bytes: Uint8Array) => {
    const entry = new ZipPassThrough(name);
    zip.add(entry);
    entry.push(bytes, true);
  };
  const taken = new Set<string>();
  const missing: string[] = [];
  for (const file of files) {
    const bytes = await bytesOf(store, file);
    if (bytes === null) missing.push(file.fileName);
    else add(freeName(file.fileName, taken), bytes);
    if (failure !== null) throw failure;
    yield* ready.splice(0);
  }
  if (missing.length > 0)
    add(freeName('missing.txt', taken), Buffer.from(`Missing in the store:\n${missing.join('\n')}\n`));
  zip.end();
  yield* ready.splice(0);
}

/** Null: the file is missing in its store. */
async function bytesOf(store: Pick<ArtifactStore, 'read'>, file: Artifact): Promise<Uint8Array | null> {
  try {
    return new Uint8Array(await (await store.read(file)).arrayBuffer());
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

/** A name that no other entry has: `cat.png`, `cat (2).png`. */
function freeName(name: string, taken: Set<string>): string {
  const dot = name.lastIndexOf('.');
  const [stem, extension] = dot <= 0 ? [name, ''] : [name.slice(0, dot), name.slice(dot)];
  let free = name;
  for (let number = 2; taken.has(free.toLowerCase()); number += 1) free = `${stem} (${number})${extension}`;
  taken.add(free.toLowerCase());
  return free;
}
