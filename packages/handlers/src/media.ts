import type { MediaType } from '@fulfillment/shared';
import mime from 'mime';

/** Text types that are programs or data, which buyers expect under `code`. */
const CODE = /javascript|typescript|json|xml|python|x-sh|css|html|zip|x-tar|gzip|sql|yaml/;

/** The marketplace's media type for a content type. */
export function mediaTypeOf(contentType: string): MediaType {
  const type = contentType.split(';')[0]?.trim().toLowerCase() ?? '';
  if (type.startsWith('image/')) return 'image';
  if (type.startsWith('video/')) return 'video';
  if (CODE.test(type)) return 'code';
  if (type.startsWith('text/')) return 'text';
  return 'document';
}

/** The content type that a file's name suggests. */
export function contentTypeOf(fileName: string): string {
  return mime.getType(fileName) ?? 'application/octet-stream';
}

/**
 * A file name that is safe in a path and a URL, and whose ending says its content type, so that it is served as what it is.
 */
export function safeFileName(name: string | undefined, contentType: string): string {
  const base = (name ?? 'deliverable').split(/[\\/]/).at(-1) ?? '';
  const clean = base
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[.-]+|[.-]+$/g, '')
    .slice(0, 80);
  const type = contentType.split(';')[0]?.trim() ?? '';
  if (clean !== '' && mime.getType(clean) === type) return clean;
  const stem = clean.replace(/\.[A-Za-z0-9]{1,5}$/, '') || 'deliverable';
  return `${stem}.${mime.getExtension(type) ?? 'bin'}`;
}
