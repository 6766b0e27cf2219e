import { fileTypeFromBuffer } from 'file-type';
import { PermanentError } from '../../errors.ts';
import { type Fetched, type FetchPublicOptions, fetchPublic } from '../../fetch-public.ts';
import type { GenerateContext } from '../../types.ts';

/** What becomes of reference images: left out, used as far as they can be fetched, or needed. */
export type ReferencePolicy = 'none' | 'optional' | 'required';

const IMAGES = /^image\//;
/** More would cost more than they say. */
const MAX_REFERENCES = 8;

/**
 * The images that a model is to look at: the buyer's references, and in a revision what was delivered last.
 * @throws PermanentError when they are required, and one cannot be had.
 */
export async function referenceImages(ctx: GenerateContext, policy: ReferencePolicy): Promise<Uint8Array[]> {
  if (policy === 'none') return [];
  const images: Uint8Array[] = [];
  for (const url of ctx.order.referenceImages.slice(0, MAX_REFERENCES)) {
    try {
      images.push((await fetched(url, { signal: ctx.signal, contentType: IMAGES })).bytes);
    } catch (error) {
      ctx.signal.throwIfAborted();
      if (policy === 'required') throw error;
      const reason = error instanceof Error ? error.message : String(error);
      ctx.log.warn({ reason }, 'a reference image is left out');
    }
  }
  return [...images, ...(await deliveredImages(ctx))];
}

async function deliveredImages({ earlier }: GenerateContext): Promise<Uint8Array[]> {
  const delivered = earlier.at(-1)?.deliverables.filter(({ mediaType }) => mediaType === 'image') ?? [];
  const blobs = await Promise.all(delivered.map(({ read }) => read()));
  return await Promise.all(
    blobs.filter((blob) => blob !== null).map(async (blob) => new Uint8Array(await blob.arrayBuffer())),
  );
}

/** An image that stands in the URL itself, as `pnpm handler:try --image` writes it, is fetched from nowhere. */
async function fetched(url: string, options: FetchPublicOptions): Promise<Fetched> {
  const inside = /^data:image\/[\w.+-]+;base64,(.+)$/s.exec(url)?.[1];
  if (inside === undefined) return fetchPublic(url, options);
  const bytes = Buffer.from(inside, 'base64');
  const contentType = (await fileTypeFromBuffer(bytes))?.mime ?? '';
  if (!IMAGES.test(contentType)) throw new PermanentError('a data: URL holds no image');
  return { bytes, contentType };
}
