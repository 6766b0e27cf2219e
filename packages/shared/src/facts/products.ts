import { z } from 'zod';
import { MEDIA_TYPES } from '../order/order.ts';

/** Bytes that we hold: their path in the artifact store, and their type and size. */
export const artifactSchema = z.object({
  /** Path inside the artifact store, unguessable: `<order>/<round>/<random>/<file name>`. */
  path: z.string(),
  fileName: z.string(),
  contentType: z.string(),
  bytes: z.number().int().positive(),
});
export type Artifact = z.infer<typeof artifactSchema>;

/** A deliverable in the marketplace's format: a URL that the buyer can open, and a media type. */
export const deliverableSchema = z.object({ url: z.url(), mediaType: z.enum(MEDIA_TYPES) });
export type Deliverable = z.infer<typeof deliverableSchema>;

/**
 * The output of a generation: a URL, or an artifact without a public URL, which must be published
 * first.
 */
export const productSchema = z.union([
  deliverableSchema.extend({ artifact: artifactSchema.optional() }),
  z.object({ mediaType: z.enum(MEDIA_TYPES), artifact: artifactSchema, url: z.undefined().optional() }),
]);
export type Product = z.infer<typeof productSchema>;
