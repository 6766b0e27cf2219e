import { createHash } from 'node:crypto';
import { contentDisposition } from '@fulfillment/artifacts';
import { type Artifact, factsOf, generatedOf, type OrderRecord, type Product } from '@fulfillment/shared';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { AdminOptions } from '../../options.ts';
import { refuse } from '../../refusal.ts';
import { findOrder } from '../find-order.ts';
import { readStored } from './read-stored.ts';
import { thumbnailOf } from './thumbnail.ts';

/** The types that browsers show as an image and that cannot hold a script. */
export const IMAGES = /^image\/(png|jpe?g|gif|webp|avif)\b/i;
/** The types that we serve as plain text. */
export const TEXTS = /^text\/|json|xml|javascript|typescript|yaml|toml|sql|x-python/i;

/** The largest file that we serve: a file is read whole before we send it. */
export const LARGEST_BYTES = 100 * 1024 * 1024;

/** What an operator checks when a file is missing in its store. */
export const ADVICE = 'Is ARTIFACTS_DIR the same folder for all apps?';

const draftParams = z.object({
  round: z.string().max(20),
  draft: z.coerce.number().int().min(0).max(1000),
  index: z.coerce.number().int().min(0).max(1000),
});

/**
 * Serves a round's artifacts to those who may see the order. A generator produced them, and a file
 * may be a page with scripts. We therefore show images as images, send texts as plain text, and
 * offer the rest only for download.
 */
export function artifactRoutes(server: FastifyInstance, options: AdminOptions): void {
  server.get('/orders/:agentId/:orderId/drafts/:round/:draft/:index', async (request, reply) => {
    const order = await findOrder(options, request.params);
    const wanted = draftParams.safeParse(request.params);
    const found = order === null || !wanted.success ? undefined : productOf(order.record, wanted.data);
    if (found === 'regenerated') {
      const message = 'This draft was regenerated. Review the draft that the page of the order shows now.';
      return refuse(options, reply, { status: 409, message });
    }
    const artifact = found?.artifact;
    if (artifact === undefined)
      return refuse(options, reply, { status: 404, message: 'There is no such file.' });
    const { contentType, fileName, bytes } = artifact;
    if (bytes > LARGEST_BYTES) {
      const message = `The file has ${bytes.toLocaleString('en-US')} bytes: too large for these pages. Open it in its store: ${artifact.path}`;
      return refuse(options, reply, { status: 413, message });
    }
    const query = new URLSearchParams(request.url.split('?')[1]);
    const isImage = IMAGES.test(contentType);
    const mayBeSmaller = isImage && query.has('thumbnail');
    // The browser asks each time, so that nobody sees a kept file after the logout.
    const caching = { 'cache-control': 'private, no-cache', etag: etagOf(artifact, mayBeSmaller) };
    if (request.headers['if-none-match'] === caching.etag) return reply.code(304).headers(caching).send();
    const file = await readStored(options.artifacts, artifact);
    if (file === null) {
      const message = `The file is missing from its store. ${ADVICE}`;
      return refuse(options, reply, { status: 404, message });
    }
    const thumbnail = mayBeSmaller ? await thumbnailOf(file, options.log) : null;
    if (thumbnail !== null) return reply.headers(caching).type('image/webp').send(thumbnail);
    const isShown = !query.has('download') && (isImage || TEXTS.test(contentType));
    const type = isImage ? contentType : 'text/plain; charset=utf-8';
    return reply
      .headers(caching)
      .type(isShown ? type : 'application/octet-stream')
      .header('content-disposition', contentDisposition({ fileName, contentType }, !isShown))
      .header('content-security-policy', "default-src 'none'; sandbox; frame-ancestors 'none'")
      .send(file);
  });
}

/** A path in the store holds the same bytes for good. Its hash does not disclose it. */
function etagOf({ path }: Artifact, isThumbnail: boolean): string {
  const hash = createHash('sha256').update(path).digest('base64url');
  return isThumbnail ? `"${hash}-thumbnail"` : `"${hash}"`;
}

/**
 * A product of a round's current draft. The URL names the draft, so that no browser shows the
 * cached picture of another draft.
 */
function productOf(
  record: OrderRecord,
  { round, draft, index }: z.infer<typeof draftParams>,
): Product | 'regenerated' | undefined {
  const generated = generatedOf(record, round);
  if (generated?.draft === draft) return generated.products[index];
  const wasMade = factsOf(record, 'generated').some((fact) => fact.round === round && fact.draft === draft);
  return wasMade ? 'regenerated' : undefined;
}
