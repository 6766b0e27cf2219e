import type { MediaType } from '@fulfillment/shared';
import { Mime } from 'mime';
import otherTypes from 'mime/types/other.js';
import standardTypes from 'mime/types/standard.js';

/**
 * The registry maps `.ts` to a video and does not know `.py`, and handlers say `image/jpg`. `*`:
 * only from type to extension.
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
  const type = bareType(contentType);
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

/** The usual extension of a content type, without its dot. `bin` for a type without one. */
export function extensionOf(contentType: string): string {
  // The registry has an empty extension for the empty type.
  return mime.getExtension(bareType(contentType)) || 'bin';
}

/** Whether the extension of a file's name stands for a content type. */
export function hasExtensionOf(fileName: string, contentType: string): boolean {
  return fileName.includes('.') && mime.getType(fileName) === bareType(contentType);
}

/** A content type without its parameters, in lower case. */
export function bareType(contentType: string): string {
  return contentType.split(';')[0]?.trim().toLowerCase() ?? '';
}
