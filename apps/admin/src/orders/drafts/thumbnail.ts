import { describeError } from '@fulfillment/platform';
import type { FastifyBaseLogger } from 'fastify';

/** Twice the size of a picture on the order's page, for dense screens, in pixels. */
const WIDTH = 704;
const HEIGHT = 528;
/** A picture with more pixels is not decoded, because it could take gigabytes of memory. */
const MOST_PIXELS = 100_000_000;
/** A smaller file is its own thumbnail, in bytes. */
const SMALL_BYTES = 100 * 1024;

/**
 * A small version of a picture, as WebP.
 * @returns null when the page shows the file itself: it is small, damaged, or has too many pixels.
 */
export async function thumbnailOf(
  file: Buffer,
  log: Pick<FastifyBaseLogger, 'info'>,
): Promise<Buffer | null> {
  if (file.length <= SMALL_BYTES) return null;
  // The library takes much memory, and most consoles show few pictures.
  const { default: sharp } = await import('sharp');
  try {
    return await sharp(file, { limitInputPixels: MOST_PIXELS })
      .autoOrient()
      .resize({ width: WIDTH, height: HEIGHT, fit: 'inside', withoutEnlargement: true })
      .webp()
      .toBuffer();
  } catch (error) {
    log.info({ reason: describeError(error) }, 'a picture has no thumbnail');
    return null;
  }
}
