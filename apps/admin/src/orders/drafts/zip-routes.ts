import { Readable } from 'node:stream';
import type { ArtifactStore } from '@fulfillment/artifacts';
import { contentDisposition } from '@fulfillment/artifacts';
import { type Artifact, generatedOf } from '@fulfillment/shared';
import type { FastifyInstance } from 'fastify';
import { Zip, ZipPassThrough } from 'fflate';
import { z } from 'zod';
import { orderPath } from '../../board.ts';
import type { AdminOptions } from '../../options.ts';
import { refuse } from '../../refusal.ts';
import { findOrder } from '../find-order.ts';
import { ADVICE, LARGEST_BYTES } from './artifact-routes.ts';
import { readStored } from './read-stored.ts';

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
    // The first file is read before the answer begins, so that its failure is an error page.
    const first = await firstStored(options.artifacts, files);
    if (first === null) {
      const names = files.map((file) => file.fileName).join(', ');
      const message = `None of the files is in the store: ${names}. ${ADVICE}`;
      return refuse(options, reply, { status: 404, message, backTo: orderPath(order.ref) });
    }
    const fileName = `${order.ref.orderId}.zip`;
    return reply
      .type('application/zip')
      .header('content-disposition', contentDisposition({ fileName, contentType: 'application/zip' }, true))
      .send(Readable.from(zipped(options.artifacts, files, first), { objectMode: false }));
  });
}

type Store = Pick<ArtifactStore, 'read' | 'has'>;

interface StoredFile {
  file: Artifact;
  bytes: Buffer;
}

/** Null: all of them are missing in the store. */
async function firstStored(store: Store, files: readonly Artifact[]): Promise<StoredFile | null> {
  for (const file of files) {
    const bytes = await readStored(store, file);
    if (bytes !== null) return { file, bytes };
  }
  return null;
}

/**
 * A zip file, one file after the other, so that the process holds one at a time. The files are not
 * compressed, because most of them already are. A missing file is named in a text file.
 * @param first the first file that is not missing.
 */
async function* zipped(
  store: Store,
  files: readonly Artifact[],
  first: StoredFile,
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
  const begin = files.indexOf(first.file);
  const missing = files.slice(0, begin).map(({ fileName }) => fileName);
  for (const file of files.slice(begin)) {
    const bytes = file === first.file ? first.bytes : await readStored(store, file);
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

/** A name that no other entry has: `cat.png`, `cat (2).png`. */
function freeName(name: string, taken: Set<string>): string {
  const dot = name.lastIndexOf('.');
  const [stem, extension] = dot <= 0 ? [name, ''] : [name.slice(0, dot), name.slice(dot)];
  let free = name;
  for (let number = 2; taken.has(free.toLowerCase()); number += 1) free = `${stem} (${number})${extension}`;
  taken.add(free.toLowerCase());
  return free;
}
