import { MEDIA_TYPES, type MediaType, Refusal } from '../types.ts';

/** One deliverable as an agent sends it, with the marketplace's preview of it. */
export interface Delivered {
  url: string;
  mediaType: MediaType;
  previewUrl: string | null;
}

const EITHER = 'Provide either { deliverables: [...] } or { deliverable_url, deliverable_media_type }';

/** Reads the fields of a delivery: one deliverable, or `deliverables`. @throws Refusal 400, 500 */
export function readDeliverables(fields: Record<string, unknown>): Delivered[] {
  const { deliverables } = fields;
  if (deliverables === undefined) {
    if (!fields.deliverable_url) throw new Refusal(400, EITHER);
    return [readDeliverable(fields, '')];
  }
  if (!Array.isArray(deliverables)) throw new Refusal(400, EITHER);
  if (deliverables.length === 0) throw new Refusal(400, 'deliverables array cannot be empty');
  return deliverables.map((item: unknown, index) => {
    // The marketplace reads an item's fields without checking the item, and fails (observed).
    if (item === null || item === undefined) throw new Refusal(500, 'Internal server error');
    return readDeliverable(Object(item), `deliverables[${index}]: `);
  });
}

/** @param prefix names the wrong item of a list. */
function readDeliverable(fields: Record<string, unknown>, prefix: string): Delivered {
  const { deliverable_url: url, deliverable_media_type: type } = fields;
  if (typeof url !== 'string' || !URL.canParse(url)) {
    throw new Refusal(400, `${prefix}deliverable_url must be a valid URL`);
  }
  if (!/^https?:$/.test(new URL(url).protocol)) {
    throw new Refusal(400, `${prefix}deliverable_url must use http or https`);
  }
  const mediaType = MEDIA_TYPES.find((known) => known === type);
  if (mediaType === undefined) {
    throw new Refusal(400, `${prefix}deliverable_media_type must be one of: ${MEDIA_TYPES.join(', ')}`);
  }
  return { url, mediaType, previewUrl: null };
}
