import path from 'node:path';
import { extensionOf, hasExtensionOf } from '../media/content-types.ts';

/** Longer names do not fit into a path together with their encoding. In bytes of UTF-8. */
export const MAX_NAME_BYTES = 150;
const UNNAMED = 'deliverable';

/**
 * Characters that nobody sees, or that reorder what people read: controls, bidi marks, zero-width
 * characters, half of a surrogate pair. `gpj.exe` can look like `exe.jpg` with them.
 */
const INVISIBLE = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]+/gu;
/** Characters that a file's name cannot hold on Windows. */
const RESERVED = /[<>:"|?*]+/g;
/** Windows opens a device for these names, whatever extension follows. */
const DEVICE = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$) *(\.|$)/i;
const SHORT_EXTENSION = /\.[A-Za-z0-9]{1,5}$/;

/**
 * A file's name as the buyer sees it. It keeps the letters of every script. It has an extension for
 * its content type, so that the file is served with that type.
 * @param given the name that a handler gave, or anything else. Only its last segment counts.
 */
export function displayName(given: string | undefined, contentType: string): string {
  const segment = (given ?? '').split(/[\\/]/).at(-1) ?? '';
  const visible = segment.replace(/\s+/g, ' ').replace(INVISIBLE, '').replace(/ +/g, ' ');
  // Marks that were apart from their letter until now join the letter here, so this comes last.
  const clean = trimmed(visible.replace(RESERVED, '-').normalize('NFC'));
  const dot = hasExtensionOf(clean, contentType) ? clean.lastIndexOf('.') : -1;
  const extension = dot < 0 ? extensionOf(contentType) : clean.slice(dot + 1);
  const stem = dot < 0 ? clean.replace(SHORT_EXTENSION, '') : clean.slice(0, dot);
  // One byte is for the dot, and one for the mark of a device's name.
  const short = trimmed(cutToBytes(trimmed(stem), MAX_NAME_BYTES - extension.length - 2));
  return withoutDevice(`${short === '' ? UNNAMED : short}.${extension}`);
}

/** A name that is safe in paths, URLs and headers: ASCII letters, digits, `.`, `_`, `-`. */
export function asciiName(displayed: string): string {
  const { name, ext } = path.posix.parse(displayed);
  const stem = name
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[.-]+|[.-]+$/g, '');
  return withoutDevice(`${stem === '' ? UNNAMED : stem}${ext}`);
}

/** The longest beginning of a text that fits into a number of bytes of UTF-8. */
export function cutToBytes(text: string, maxBytes: number): string {
  if (Buffer.byteLength(text) <= maxBytes) return text;
  let bytes = 0;
  let end = 0;
  for (const character of text) {
    bytes += Buffer.byteLength(character);
    if (bytes > maxBytes) break;
    end += character.length;
  }
  return text.slice(0, end);
}

/** Names that begin or end with a dot or a blank are hidden, or renamed by Windows. */
function trimmed(name: string): string {
  return name.replace(/^[\s.-]+|[\s.-]+$/g, '');
}

function withoutDevice(name: string): string {
  return DEVICE.test(name) ? `_${name}` : name;
}
