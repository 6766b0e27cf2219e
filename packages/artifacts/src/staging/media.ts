import type { MediaType } from '@fulfillment/shared';
import { Mime } from 'mime';
import otherTypes from 'mime/types/other.js';
import standardTypes from 'mime/types/standard.js';

/**
 * The registry maps `.ts` to a video and does not know `.py`, and handlers say `image/jpg`. `*`:
 * only from type to ending.
 */
const mime = new Mime(standardTypes, otherTypes).define(
  {
    'text/x-python': ['py'],
    'application/x-python': ['*py'],
    'text/x-typescript': ['ts', 'tsx'],
    'application/typescript': ['*ts'],
    'text/typescript': ['*ts'],
    'text/x-go': ['go'],
    'text/x-rust': ['rs'],
    'text/x-ruby': ['rb'],
    'application/x-ndjson': ['ndjson', 'jsonl'],
    'image/jpg': ['*jpg'],
    'audio/mpeg': ['mp3'],
  },
  true,
);

/** Types that are programs or data, which buyers expect under `code`. */
const CODE =
  /javascript|typescript|json|xml|python|x-sh|css|html|zip|x-tar|gzip|sql|yaml|toml|^text\/x-(?!markdown)/;
/** Office files and books, whose type names mention the format of their package. */
const PACKED = /^application\/(vnd\.|epub)/;

/** The marketplace's media type for a content type. */
export function mediaTypeOf(contentType: string): MediaType {
  const type = contentType.split(';')[0]?.trim().toLowerCase() ?? '';
  if (type.startsWith('image/')) return 'image';
  if (type.startsWith('video/')) return 'video';
  if (PACKED.test(type)) return 'document';
  if (CODE.test(type)) return 'code';
  if (type.startsWith('text/')) return 'text';
  return 'document';
}

/** The content type that a file's name suggests. */
export function contentTypeOf(fileName: string): string {
  return mime.getType(fileName) ?? 'application/octet-stream';
}

/**
 * A file name that is safe in a path and a URL. Its ending matches its content type, so that the
 * file is served with that type.
 */
export function safeFileName(name: string | undefined, contentType: string): string {
  const base = (name ?? 'deliverable').split(/[\\/]/).at(-1) ?? '';
  const clean = base
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[.-]+|[.-]+$/g, '')
    .slice(0, 80);
  const type = contentType.split(';')[0]?.trim().toLowerCase() ?? '';
  if (clean.includes('.') && mime.getType(clean) === type) return clean;
  const stem = clean.replace(/\.[A-Za-z0-9]{1,5}$/, '') || 'deliverable';
  return `${stem}.${mime.getExtension(type) ?? 'bin'}`;
}
