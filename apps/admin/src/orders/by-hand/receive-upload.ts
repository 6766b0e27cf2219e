import { randomBytes, randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import type { MultipartFile, MultipartValue } from '@fastify/multipart';
import {
  type ArtifactStore,
  byHandFolder,
  InvalidOutputError,
  isSameArtifact,
  MAX_PRODUCTS,
  type Output,
  Staging,
  toProducts,
  writeManifest,
} from '@fulfillment/artifacts';
import { type OrderRecord, type Policy, type Product, urlsOfOtherRounds } from '@fulfillment/shared';

/** A part of the request: a file, or a field of the form. */
export type Part = MultipartFile | MultipartValue<unknown>;

/** Where an operator's files go, and who sends them. */
export interface ByHand {
  artifactsDir: string;
  /** The store that a worker will put the files into. */
  artifacts: Pick<ArtifactStore, 'maxBytes'>;
  record: OrderRecord;
  round: string;
  /** How often an operator had retried the round before. */
  attempt: number;
  policy: Policy;
  signal: AbortSignal;
}

/** Files and URLs that wait in a folder of their own. */
export interface ReceivedUpload {
  /** The fields of the form, by name. */
  fields: ReadonlyMap<string, string>;
  /** How many files and URLs there are. */
  count: number;
  /** Names the upload in the fact that makes it the output of the round. */
  id: string;
  /** Marks the upload as whole. A worker takes no other. */
  seal(): Promise<void>;
  /** Removes the upload. */
  remove(): Promise<void>;
}

/**
 * Reads an operator's files and URLs, and stages them as the output of a handler. So a file has the
 * same limit of size, a safe name, and the type that its bytes show. A broken upload leaves nothing
 * behind.
 * @throws InvalidOutputError that says what is wrong with which part. DiskError when the disk takes
 * no files.
 */
export async function receiveUpload(parts: AsyncIterable<Part>, byHand: ByHand): Promise<ReceivedUpload> {
  const { artifactsDir, artifacts, record, round, attempt, signal } = byHand;
  const { orderId } = record;
  const id = randomUUID();
  const folder = byHandFolder(artifactsDir, orderId, id);
  const remove = () => rm(folder, { recursive: true, force: true });
  const secret = randomBytes(32).toString('hex');
  const context = {
    staging: new Staging({ folder, orderId, round, secret, maxBytes: artifacts.maxBytes }),
    round,
    usedUrls: urlsOfOtherRounds(record, round),
    signal,
    mayBePrivate: byHand.policy.privateUrls === 'deliver',
  };
  try {
    const fields = new Map<string, string>();
    const products: Product[] = [];
    const add = async (output: Output) => {
      const [product] = await toProducts(output, context);
      if (product === undefined || products.some((other) => isSame(other, product))) return;
      if (products.length === MAX_PRODUCTS)
        throw new InvalidOutputError(`an order has at most ${MAX_PRODUCTS} deliverables`);
      products.push(product);
    };
    for await (const part of parts) {
      if (part.type === 'field' && part.valueTruncated)
        throw new InvalidOutputError('the list of URLs is too long');
      if (part.type === 'field') fields.set(part.fieldname, String(part.value));
      else await addFile(part, add);
    }
    for (const url of linesOf(fields.get('urls'))) await add({ url, mediaType: 'link' });
    return {
      fields,
      count: products.length,
      id,
      async seal() {
        await writeManifest(folder, { handler: 'by hand', attempt, madeAt: Date.now(), secret, products });
      },
      remove,
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** The same file or URL is one deliverable, however often the operator sends it. */
function isSame(one: Product, other: Product): boolean {
  return isSameArtifact(one, other) || (one.url !== undefined && one.url === other.url);
}

/** A browser sends an empty part for a file field without a file. */
async function addFile(part: MultipartFile, add: (output: Output) => Promise<void>): Promise<void> {
  if (!part.filename) {
    part.file.resume();
    return;
  }
  await add({ body: part.file, contentType: part.mimetype, fileName: part.filename });
}

function linesOf(text: string | undefined): string[] {
  return (text ?? '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
