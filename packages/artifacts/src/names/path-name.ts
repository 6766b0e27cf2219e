import path from 'node:path';
import { contentTypeOf } from '../media/content-types.ts';
import { asciiName, displayName } from './file-name.ts';

/** Separates the readable part of a path's last segment from the encoded name. */
const MARK = '~';
const ENCODED = /~([\w-]+)\.[^.~]+$/;
/** With the longest encoded name and the extension, a segment stays below 255 bytes. */
const READABLE_CHARACTERS = 40;

/**
 * The last segment of an artifact's path: ASCII only. If ASCII cannot express the name, the segment
 * also holds the name in base64url. A server then knows the name from the path alone, without the
 * order's record: `Bericht~QmVyaWNodCDDvGJlci5wZGY.pdf`.
 * @param displayed as `displayName` returns it.
 */
export function pathName(displayed: string): string {
  const ascii = asciiName(displayed);
  if (ascii === displayed) return ascii;
  const { name, ext } = path.posix.parse(ascii);
  const encoded = Buffer.from(displayed).toString('base64url');
  return `${name.slice(0, READABLE_CHARACTERS)}${MARK}${encoded}${ext}`;
}

/** The name for the buyer that the last segment of an artifact's path stands for. */
export function nameInPath(segment: string): string {
  const encoded = ENCODED.exec(segment)?.[1];
  if (encoded === undefined) return segment;
  const displayed = Buffer.from(encoded, 'base64url').toString('utf8');
  // Other segments are not ours: the decoded text might hold anything.
  return displayName(displayed, contentTypeOf(segment)) === displayed ? displayed : segment;
}
