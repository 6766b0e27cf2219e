import { create } from 'content-disposition';
import { bareType } from '../media/content-types.ts';
import { asciiName } from './file-name.ts';

/** Content types that a browser shows without running anything. All other types are a download. */
const SHOWN =
  /^(image\/(png|jpeg|gif|webp|avif)|video\/(mp4|webm|quicktime)|audio\/[\w.+-]+|text\/plain|application\/pdf)$/;

/**
 * The `Content-Disposition` header of a file: whether the browser shows or saves the file, and the
 * name under which it saves. Old clients take the ASCII `filename`, all others `filename*`.
 * @param isDownload whether the browser saves the file even if it could show it. Default: no.
 */
export function contentDisposition(
  { fileName, contentType }: { fileName: string; contentType: string },
  isDownload: boolean = !SHOWN.test(bareType(contentType)),
): string {
  return create(fileName, { type: isDownload ? 'attachment' : 'inline', fallback: asciiName(fileName) });
}
