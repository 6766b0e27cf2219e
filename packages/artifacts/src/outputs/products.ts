import { constants, createReadStream } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import {
  artifactSchema,
  cutText,
  MEDIA_TYPES,
  type Product,
  urlForRound,
  withoutSecrets,
} from '@fulfillment/shared';
import { InvalidOutputError } from '../errors.ts';
import { contentTypeOf, mediaTypeOf } from '../media/content-types.ts';
import type { Staging } from '../staging/staging.ts';
import { holdError } from '../staging/write-file.ts';
import type { Output } from './output.ts';
import { holdsCredentials, whyNotPublic } from './public-url.ts';

interface ProductContext {
  /** Where bytes go. */
  staging: Staging;
  round: string;
  /** The URLs that other rounds delivered, or tried to deliver. */
  usedUrls: ReadonlySet<string>;
  signal: AbortSignal;
  /**
   * Whether URLs may lead to this machine or a private network, as the policy `privateUrls` says.
   * Default: no.
   */
  mayBePrivate?: boolean;
  /** The prefix of our own artifacts' URLs, which may lead anywhere. */
  ownUrl?: string | undefined;
}

/** The marketplace names no limit. A handler that returns more than this has gone wrong. */
export const MAX_PRODUCTS = 50;

/**
 * Turns a handler's return value into products that can be delivered: bytes are staged, URLs are
 * checked.
 * @throws InvalidOutputError that says what is wrong with which output.
 */
export async function toProducts(
  outputs: Output | readonly Output[] | undefined | null,
  context: ProductContext,
): Promise<Product[]> {
  const list = outputs === undefined || outputs === null ? [] : Array.isArray(outputs) ? outputs : [outputs];
  if (list.length === 0) throw new InvalidOutputError('it returned nothing to deliver');
  if (list.length > MAX_PRODUCTS)
    throw new InvalidOutputError(`it returned more than ${MAX_PRODUCTS} deliverables`);
  const bodies = list.map((output: unknown) => Object(output).body);
  for (const body of bodies) holdError(body);
  try {
    return await allProducts(list, context);
  } finally {
    // Streams that were not read to their end, because another output was wrong, are closed.
    for (const body of bodies) if (body instanceof Readable) body.destroy();
  }
}

/**
 * Why an operator must review a handler's output: all reasons, each once. Undefined when no output
 * has a reason.
 */
export function reviewReasonOf(outputs: Output | readonly Output[] | undefined | null): string | undefined {
  const list: readonly unknown[] = Array.isArray(outputs) ? outputs : [outputs];
  const reasons = list.flatMap((output) => {
    const { review } = Object(output) as { review?: unknown };
    return typeof review === 'string' && review.trim() !== '' ? [cutText(withoutSecrets(review), 1000)] : [];
  });
  return reasons.length === 0 ? undefined : [...new Set(reasons)].join('; ');
}

async function allProducts(list: readonly Output[], context: ProductContext): Promise<Product[]> {
  const products: Product[] = [];
  for (const output of list) {
    context.signal.throwIfAborted();
    const product = await toProduct(output, context);
    if (products.some((other) => isSameArtifact(other, product))) continue;
    if (product.url !== undefined && products.some((other) => other.url === product.url)) {
      throw new InvalidOutputError(`it returned the same URL twice: ${cutText(product.url, 200)}`);
    }
    products.push(product);
  }
  return products;
}

/**
 * The same bytes under the same name are one deliverable, however often the handler returns them.
 */
export function isSameArtifact(one: Product, other: Product): boolean {
  return one.artifact !== undefined && one.artifact.path === other.artifact?.path;
}

async function toProduct(output: Output, context: ProductContext): Promise<Product> {
  if (typeof output !== 'object' || output === null) {
    throw new InvalidOutputError(`it returned ${typeof output} where a deliverable was expected`);
  }
  const given = 'mediaType' in output ? output.mediaType : undefined;
  if (given !== undefined && !MEDIA_TYPES.includes(given)) {
    throw new InvalidOutputError(`media type "${given}" is not one of ${MEDIA_TYPES.join(', ')}`);
  }
  if ('artifact' in output) return saved(output);
  if ('url' in output) return online(output, context);
  if ('file' in output) return copied(output, context);
  if ('body' in output) return stage(output, context);
  throw new InvalidOutputError('a deliverable has neither body, file nor url');
}

function saved(output: Extract<Output, { artifact: unknown }>): Product {
  const artifact = artifactSchema.safeParse(output.artifact);
  if (!artifact.success) throw new InvalidOutputError('an artifact is not what artifacts.save gave');
  return { artifact: artifact.data, mediaType: output.mediaType ?? mediaTypeOf(artifact.data.contentType) };
}

function online({ url, mediaType }: Extract<Output, { url: string }>, context: ProductContext): Product {
  if (typeof url !== 'string' || !/^https?:\/\/\S+$/i.test(url) || !URL.canParse(url)) {
    throw new InvalidOutputError(`"${cutText(String(url), 200)}" is not an http(s) URL`);
  }
  if (mediaType === undefined) {
    throw new InvalidOutputError(`a URL needs a media type, one of ${MEDIA_TYPES.join(', ')}`);
  }
  const reason = whyNotDelivered(new URL(url), context);
  if (reason !== null) throw new InvalidOutputError(`${shownUrl(url)} is not delivered: ${reason}`);
  return { url: urlForRound(url, context.round, context.usedUrls), mediaType };
}

function whyNotDelivered(
  url: URL,
  { mayBePrivate = false, ownUrl }: Pick<ProductContext, 'mayBePrivate' | 'ownUrl'>,
): string | null {
  const reason = whyNotPublic(url);
  if (reason === null || holdsCredentials(url)) return reason;
  const isOwn = ownUrl !== undefined && url.href.startsWith(`${ownUrl}/artifacts/`);
  return mayBePrivate || isOwn ? null : `${reason}. For tests, set policy.privateUrls to 'deliver'`;
}

/** A URL for an error text, without its query and password. */
function shownUrl(text: string): string {
  const { origin, pathname } = new URL(text);
  return cutText(`${origin}${pathname}`, 200);
}

/** A missing file will also be missing at the next attempt, so a human is asked at once. */
async function copied(output: Extract<Output, { file: string }>, context: ProductContext): Promise<Product> {
  const { file } = output;
  if (typeof file !== 'string') throw new InvalidOutputError('a file is given by its path');
  try {
    if (!(await stat(file)).isFile()) throw new Error(`${file} is no file`);
    await access(file, constants.R_OK);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new InvalidOutputError(`a file cannot be read: ${reason}`, { cause: error });
  }
  const contentType = output.contentType ?? contentTypeOf(file);
  const fileName = output.fileName ?? path.basename(file);
  return stage({ ...output, body: createReadStream(file), contentType, fileName }, context);
}

async function stage(output: Extract<Output, { body: unknown }>, context: ProductContext): Promise<Product> {
  const { body, contentType, fileName } = output;
  holdError(body);
  if (typeof contentType !== 'string' || !/^[\w.+-]+\/[\w.+-]+/.test(contentType)) {
    throw new InvalidOutputError('a deliverable with a body has no content type such as "image/png"');
  }
  if (fileName !== undefined && typeof fileName !== 'string') {
    throw new InvalidOutputError('a file name must be a text');
  }
  const artifact = await context.staging.add({ body, contentType, fileName, signal: context.signal });
  return { artifact, mediaType: output.mediaType ?? mediaTypeOf(artifact.contentType) };
}
