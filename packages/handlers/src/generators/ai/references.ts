import { cutText } from '@fulfillment/shared';
import { fileTypeFromBuffer } from 'file-type';
import { PermanentError } from '../../errors.ts';
import type { GenerateContext } from '../../types.ts';
import { type Fetched, type FetchPublicOptions, fetchPublic } from '../../untrusted/fetch-public.ts';
import { workToChange } from './earlier-work.ts';
import { isHtml, textOfHtml } from './html-text.ts';

/** How an order's references are used: left out, used if they can be fetched, or required. */
export type ReferencePolicy = 'none' | 'optional' | 'required';

/** The content of an order's references. */
export interface References {
  images: Uint8Array[];
  texts: { url: string; text: string }[];
}

export const NO_REFERENCES: References = { images: [], texts: [] };

const IMAGES = /^image\//;
/** More references would cost more than they are worth. */
const MAX_REFERENCES = 8;
const LARGEST_IMAGE_BYTES = 20 * 1024 * 1024;
const LARGEST_PAGE_BYTES = 2 * 1024 * 1024;
/** The most that is read of a page, in characters. */
const LONGEST_TEXT = 20_000;
/** How far a text is searched for the NUL byte, which no text has. */
const LOOKED_THROUGH = 8192;

type Fetch = (url: string, options: FetchPublicOptions) => Promise<Fetched>;

/**
 * The images for a model to see: the buyer's references, and the images to change.
 * @throws PermanentError when references are required, and one cannot be fetched.
 */
export async function referenceImages(ctx: GenerateContext, policy: ReferencePolicy): Promise<Uint8Array[]> {
  if (policy === 'none') return [];
  const { images } = await fetchAll(ctx, { policy, urls: ctx.order.referenceImages }, imageAt);
  return [...images, ...(await imagesToChange(ctx, MAX_REFERENCES - images.length))];
}

/**
 * The content of the buyer's references, for a model that reads: images, pages and other texts.
 * @param fetch for tests. By default only public addresses are fetched.
 * @throws PermanentError when references are required, and one cannot be fetched or has another
 * type.
 */
export async function referencesOf(
  ctx: GenerateContext,
  policy: ReferencePolicy,
  fetch: Fetch = fetchPublic,
): Promise<References> {
  if (policy === 'none') return NO_REFERENCES;
  const { referenceImages, referenceUrls } = ctx.order;
  const images = await fetchAll(ctx, { policy, urls: referenceImages }, (url, signal) =>
    imageAt(url, signal, fetch),
  );
  const pages = await fetchAll(ctx, { policy, urls: referenceUrls }, async (url, signal) =>
    pageOf(url, await fetch(url, { signal, maxBytes: LARGEST_PAGE_BYTES })),
  );
  return { images: [...images.images, ...pages.images].slice(0, MAX_REFERENCES), texts: pages.texts };
}

async function fetchAll(
  ctx: GenerateContext,
  { policy, urls }: { policy: ReferencePolicy; urls: readonly string[] },
  fetchOne: (url: string, signal: AbortSignal) => Promise<Partial<References>>,
): Promise<References> {
  const all: References = { images: [], texts: [] };
  for (const url of urls.slice(0, MAX_REFERENCES)) {
    try {
      const { images = [], texts = [] } = await fetchOne(url, ctx.signal);
      all.images.push(...images);
      all.texts.push(...texts);
    } catch (error) {
      ctx.signal.throwIfAborted();
      if (policy === 'required') throw error;
      const reason = error instanceof Error ? error.message : String(error);
      ctx.log.warn({ reason }, 'a reference is left out');
    }
  }
  return all;
}

/** An image inside the URL itself, as `pnpm handler:try --image` writes it, needs no fetch. */
async function imageAt(
  url: string,
  signal: AbortSignal,
  fetch: Fetch = fetchPublic,
): Promise<Partial<References>> {
  const inside = /^data:image\/[\w.+-]+;base64,(.+)$/s.exec(url)?.[1];
  if (inside === undefined) {
    const { bytes } = await fetch(url, { signal, contentType: IMAGES, maxBytes: LARGEST_IMAGE_BYTES });
    return { images: [bytes] };
  }
  const bytes = Buffer.from(inside, 'base64');
  const contentType = (await fileTypeFromBuffer(bytes))?.mime ?? '';
  if (!IMAGES.test(contentType)) throw new PermanentError('a data: URL holds no image');
  return { images: [bytes] };
}

function pageOf(url: string, { bytes, contentType }: Fetched): Partial<References> {
  if (IMAGES.test(contentType)) return { images: [bytes] };
  const isMarked = contentType !== 'application/octet-stream' && contentType !== 'application/xml';
  if (isMarked || bytes.subarray(0, LOOKED_THROUGH).includes(0)) {
    throw new PermanentError(`a reference is ${contentType}, and neither a text nor an image`);
  }
  const text = new TextDecoder().decode(bytes);
  return { texts: [{ url, text: cutText(isHtml(text) ? textOfHtml(text) : text, LONGEST_TEXT) }] };
}

/**
 * The images to change, up to the number that a model takes. A file that is known to be too large
 * is not read.
 */
async function imagesToChange(ctx: GenerateContext, most: number): Promise<Uint8Array[]> {
  const images: Uint8Array[] = [];
  for (const { mediaType, bytes = 0, read } of workToChange(ctx)) {
    if (images.length >= most) break;
    if (mediaType !== 'image' || bytes > LARGEST_IMAGE_BYTES) continue;
    const blob = await read();
    if (blob === null || blob.size > LARGEST_IMAGE_BYTES) continue;
    images.push(new Uint8Array(await blob.arrayBuffer()));
  }
  return images;
}
