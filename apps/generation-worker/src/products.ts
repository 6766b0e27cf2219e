import { createReadStream } from 'node:fs';
import path from 'node:path';
import {
  type ArtifactStore,
  contentTypeOf,
  type EarlierRound,
  type HandlerOrder,
  InvalidOutputError,
  mediaTypeOf,
  type Output,
} from '@fulfillment/handlers';
import { MEDIA_TYPES, type Product } from '@fulfillment/shared';

interface ProductContext {
  artifacts: ArtifactStore;
  order: HandlerOrder;
  round: string;
  earlier: readonly EarlierRound[];
  signal: AbortSignal;
}

/** The marketplace names no limit; a handler that returns more than this has gone wrong. */
const MAX_PRODUCTS = 50;

/**
 * Makes what a handler returned into products that can be delivered: bytes are stored, URLs are checked.
 * @throws InvalidOutputError saying what is wrong with which output.
 */
export async function toProducts(
  outputs: Output | readonly Output[] | undefined | null,
  context: ProductContext,
): Promise<Product[]> {
  const list = outputs === undefined || outputs === null ? [] : Array.isArray(outputs) ? outputs : [outputs];
  if (list.length === 0) throw new InvalidOutputError('it returned nothing to deliver');
  if (list.length > MAX_PRODUCTS)
    throw new InvalidOutputError(`it returned more than ${MAX_PRODUCTS} deliverables`);
  const products: Product[] = [];
  for (const output of list as readonly Output[]) {
    context.signal.throwIfAborted();
    const product = await toProduct(output, context);
    if (product.url !== undefined && products.some((other) => other.url === product.url)) {
      throw new InvalidOutputError(`it returned the same URL twice: ${product.url.slice(0, 200)}`);
    }
    products.push(product);
  }
  return products;
}

async function toProduct(output: Output, context: ProductContext): Promise<Product> {
  if (typeof output !== 'object' || output === null) {
    throw new InvalidOutputError(`it returned ${typeof output} where a deliverable was expected`);
  }
  if (
    output &&
    'mediaType' in output &&
    output.mediaType !== undefined &&
    !MEDIA_TYPES.includes(output.mediaType)
  ) {
    throw new InvalidOutputError(`media type "${output.mediaType}" is none of ${MEDIA_TYPES.join(', ')}`);
  }
  if ('artifact' in output) return productOf(output.artifact, output.mediaType, context.artifacts);
  if ('url' in output) return { url: urlForRound(output.url, context), mediaType: output.mediaType };
  if ('file' in output) {
    const contentType = output.contentType ?? contentTypeOf(output.file);
    const fileName = output.fileName ?? path.basename(output.file);
    return store({ ...output, body: createReadStream(output.file), contentType, fileName }, context);
  }
  if ('body' in output) return store(output, context);
  throw new InvalidOutputError('a deliverable has neither body, file nor url');
}

async function store(output: Extract<Output, { body: unknown }>, context: ProductContext): Promise<Product> {
  const { body, contentType, fileName } = output;
  if (typeof contentType !== 'string' || !/^[\w.+-]+\/[\w.+-]+/.test(contentType)) {
    throw new InvalidOutputError('a deliverable with a body has no content type such as "image/png"');
  }
  const { artifacts, order, round } = context;
  const artifact = await artifacts.put({ orderId: order.id, round, body, contentType, fileName });
  return productOf(artifact, output.mediaType ?? mediaTypeOf(contentType), artifacts);
}

function productOf(
  artifact: Extract<Output, { artifact: unknown }>['artifact'],
  mediaType: Product['mediaType'],
  artifacts: ArtifactStore,
): Product {
  const url = artifacts.publicUrl(artifact);
  return url === null ? { mediaType, artifact } : { mediaType, artifact, url };
}

/**
 * A URL that an earlier round delivered gets a fragment: a delivery is recognised by its URLs, so they must be unique to the
 * order and round. A fragment does not change what the URL opens.
 */
function urlForRound(url: string, { earlier, round }: ProductContext): string {
  if (typeof url !== 'string' || !URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new InvalidOutputError(`"${String(url).slice(0, 200)}" is not an http(s) URL`);
  }
  const isUsed = earlier.some(({ deliverables }) => deliverables.some((delivered) => delivered.url === url));
  if (!isUsed) return url;
  const unique = new URL(url);
  unique.hash = unique.hash === '' ? `round-${round}` : `${unique.hash.slice(1)}-round-${round}`;
  return unique.href;
}
