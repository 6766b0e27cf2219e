import { contentTypeOf } from '@fulfillment/artifacts';
import { cutText } from '@fulfillment/shared';
import { strFromU8, unzipSync } from 'fflate';
import type { DraftDeliverable, GenerateContext } from '../../types.ts';

/** The most of an earlier round that goes into a prompt, in characters. */
const LONGEST_EARLIER = 60_000;
const LARGEST_EARLIER_BYTES = 5 * 1024 * 1024;
/** The largest file that is read from an archive, and the most that is read from all its files. */
const LARGEST_PACKED_BYTES = 200_000;
const LARGEST_UNPACKED_BYTES = 1_000_000;
const READABLE = /^text\/|python|json|xml|javascript|typescript|yaml|toml|sql/;
const NO_TEXT: ReadonlySet<string> = new Set(['image', 'video', 'link']);

/**
 * The deliverables to change: the draft that an operator had regenerated, or otherwise the last
 * delivery.
 */
export function workToChange({ draft, earlier }: GenerateContext): readonly DraftDeliverable[] {
  return draft?.deliverables ?? earlier.at(-1)?.deliverables ?? [];
}

/**
 * The text of the deliverables to change, if we kept it. Other deliverables appear as their URL.
 */
export async function earlierWork(ctx: GenerateContext): Promise<string> {
  const texts: string[] = [];
  let length = 0;
  for (const deliverable of workToChange(ctx)) {
    if (length >= LONGEST_EARLIER) break;
    const blob = await readWithin(deliverable);
    const parts = blob === null ? [deliverable.url ?? ''] : await filesOf(blob);
    texts.push(...parts);
    length += parts.reduce((sum, part) => sum + part.length, 0);
  }
  return cutText(texts.filter((text) => text !== '').join('\n\n'), LONGEST_EARLIER);
}

/** A file that is known to be too large, or not text, is not read. */
async function readWithin({ bytes = 0, mediaType, read }: DraftDeliverable): Promise<Blob | null> {
  if (NO_TEXT.has(mediaType) || bytes > LARGEST_EARLIER_BYTES) return null;
  const blob = await read();
  return blob === null || blob.size > LARGEST_EARLIER_BYTES ? null : blob;
}

async function filesOf(blob: Blob): Promise<string[]> {
  if (blob.type.startsWith('application/zip')) {
    let left = LARGEST_UNPACKED_BYTES;
    const files = unzipSync(new Uint8Array(await blob.arrayBuffer()), {
      filter({ name, originalSize }) {
        if (originalSize > Math.min(LARGEST_PACKED_BYTES, left) || !READABLE.test(contentTypeOf(name)))
          return false;
        left -= originalSize;
        return true;
      },
    });
    return Object.entries(files).map(([name, bytes]) => `File ${name}:\n${strFromU8(bytes)}`);
  }
  return READABLE.test(blob.type) ? [await blob.text()] : [];
}
