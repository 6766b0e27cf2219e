import { fileTypeFromBuffer } from 'file-type';
import { InvalidOutputError } from '../errors.ts';
import { bareType } from './content-types.ts';

/** How much of a file's beginning is needed to detect its type. */
export const HEAD_BYTES = 4100;

/**
 * Types whose files begin with a signature that no text and no other type begins with. Other
 * signatures are too weak: a text about "BMW" begins like a bitmap.
 */
const SIGNED = new Set([
  'image/png',
  'image/jpeg',
  'image/gif',
  'image/webp',
  'image/avif',
  'image/heic',
  'image/tiff',
  'video/mp4',
  'video/webm',
  'video/quicktime',
  'video/matroska',
  'audio/mpeg',
  'audio/wav',
  'audio/flac',
  'audio/ogg',
  'application/pdf',
  'application/zip',
  'application/gzip',
  'application/x-cfb',
]);

/** Aliases of types, and types that are too fine a distinction for deliverables. */
const SAME: Record<string, string> = {
  'image/jpg': 'image/jpeg',
  'image/pjpeg': 'image/jpeg',
  'image/apng': 'image/png',
  'image/heif': 'image/heic',
  'video/x-m4v': 'video/mp4',
  'video/x-matroska': 'video/matroska',
  'audio/mp3': 'audio/mpeg',
  'audio/x-wav': 'audio/wav',
  'audio/wave': 'audio/wav',
  'audio/vnd.wave': 'audio/wav',
  'audio/x-flac': 'audio/flac',
  'application/x-pdf': 'application/pdf',
  'application/x-zip-compressed': 'application/zip',
  'application/x-gzip': 'application/gzip',
};

/** Types that use another type as their container. Their bytes are those of the container. */
const CONTAINED: readonly [type: RegExp, container: string][] = [
  [/^application\/(vnd\.(openxmlformats-|oasis\.)|epub\+zip$|java-archive$|.*\+zip$)/, 'application/zip'],
  [
    /^application\/(vnd\.android\.package-archive|x-xpinstall|vnd\.ms-\w+\.\w*macroenabled.*)$/,
    'application/zip',
  ],
  [/^application\/(msword|vnd\.ms-(excel|powerpoint|project|outlook))$/, 'application/x-cfb'],
  [/^audio\/(mp4|x-m4a|m4a)$/, 'video/mp4'],
  [/^audio\/webm$/, 'video/webm'],
  [/^(audio\/opus|video\/ogg|application\/ogg)$/, 'audio/ogg'],
  [/^application\/(x-gtar-compressed|x-compressed-tar|x-tgz|.*\+gzip)$/, 'application/gzip'],
];

const OPEN_CONTAINERS = new Set(['application/zip', 'application/gzip', 'application/x-cfb']);

/** Types that `file-type` names after the content of the container. */
const CONTAINERS: readonly [found: RegExp, container: string][] = [
  ...CONTAINED,
  [/^audio\/ogg;/, 'audio/ogg'],
];

const TEXT =
  /^text\/|\+xml$|\+json$|^application\/(json|xml|javascript|x-javascript|typescript|yaml|x-yaml|toml|sql|x-sh|x-python|x-ndjson|ld\+json|x-httpd-php)$/;
/** Text types that may hold a page: pages, prose and programs. Data and drawings are not pages. */
const MAY_BE_A_PAGE =
  /^text\/(?!csv|calendar|vcard|css)|^application\/(xhtml\+xml|xml|javascript|x-javascript|typescript|x-python|x-httpd-php)$/;
const PAGE = /^<(!doctype\s+html|html|head|body)[\s>]/i;
/** Constructs that may precede a page. */
const PREAMBLES = [
  ['<!--', '-->'],
  ['<?', '?>'],
] as const;

/** The result of checking all the bytes of a supposed text. */
export interface TextCheck {
  isUtf8: boolean;
  /**
   * The position of the first U+0000, in bytes, or null if there is none. Programs treat it as the
   * end of the text.
   */
  nulAt: number | null;
}

/** Whether a type's bytes must be text. */
export function isTextType(contentType: string): boolean {
  return TEXT.test(bareType(contentType));
}

/**
 * The type of the bytes. If their beginning has a clear signature, that decides. Otherwise the
 * stated type counts. A stated type that uses another container (a document that is an archive)
 * stays.
 * @param check whether all of the bytes are text. Null if they need not be text.
 * @throws InvalidOutputError when the bytes do not have the stated type, nor one that can be
 * recognised: an error page, for example.
 */
export async function trueType(head: Uint8Array, stated: string, check: TextCheck | null): Promise<string> {
  const isText = check === null ? null : check.isUtf8 && check.nulAt === null;
  const type = canonical(bareType(stated));
  if (!MAY_BE_A_PAGE.test(type) && isPage(Buffer.from(head).toString('utf8'))) {
    throw new InvalidOutputError(`an artifact is said to be ${stated}, and is an HTML page`);
  }
  const found = await signatureOf(head);
  // A text may begin with the letters of a signature, but nobody writes the signature of a PDF by
  // chance.
  if (isText === true && found?.type !== 'application/pdf') return stated;
  const wanted = containerOf(type, CONTAINED) ?? type;
  if (found !== null) {
    // Containers have more uses than any list names.
    const isInside =
      OPEN_CONTAINERS.has(found.type) && !SIGNED.has(wanted) && type !== 'application/octet-stream';
    return found.container === wanted || (isInside && isText === null) ? told(stated, type) : found.type;
  }
  if (check?.isUtf8 === false) {
    throw new InvalidOutputError(`an artifact is said to be ${stated}, and is not UTF-8 text`);
  }
  if (typeof check?.nulAt === 'number') {
    throw new InvalidOutputError(
      `an artifact is said to be ${stated}, and holds the character U+0000 at byte ${check.nulAt}: remove it`,
    );
  }
  if (SIGNED.has(wanted)) {
    throw new InvalidOutputError(`an artifact is said to be ${stated}, and does not begin like one`);
  }
  return stated;
}

/**
 * The type whose signature the bytes begin with, and the type of its container. Null when no clear
 * signature is recognised.
 */
async function signatureOf(head: Uint8Array): Promise<{ type: string; container: string } | null> {
  const found = await fileTypeFromBuffer(head);
  if (found === undefined) return null;
  const type = canonical(found.mime.split(';')[0] ?? '');
  const container = containerOf(type, CONTAINERS) ?? type;
  return SIGNED.has(container) ? { type, container } : null;
}

function isPage(text: string): boolean {
  let rest = text.replace(/^\uFEFF/, '').trimStart();
  for (;;) {
    const preamble = PREAMBLES.find(([begin]) => rest.startsWith(begin));
    if (preamble === undefined) return PAGE.test(rest);
    const end = rest.indexOf(preamble[1]);
    if (end < 0) return false;
    rest = rest.slice(end + preamble[1].length).trimStart();
  }
}

function containerOf(type: string, table: typeof CONTAINED): string | undefined {
  return table.find(([pattern]) => pattern.test(type))?.[1];
}

function canonical(type: string): string {
  return SAME[type] ?? type;
}

/** An uncommon alias is replaced by the type's real name. */
function told(stated: string, type: string): string {
  return bareType(stated) === type ? stated : type;
}
