import { fileTypeFromBuffer } from 'file-type';
import { InvalidOutputError } from '../errors.ts';

/** As much of a file's beginning as telling its type takes. */
export const HEAD_BYTES = 4100;

/**
 * Types whose files begin with a signature that no text and no other type begins with. Any other signature that is recognised is too
 * weak to go by: a text about "BMW" begins like a bitmap.
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

/** Other names, and what is told apart more finely than anybody delivers it. */
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

/** Types that are kept in a container of another type: their bytes are that of the container. */
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

/** What `file-type` calls by the name of what is inside. */
const CONTAINERS: readonly [found: RegExp, container: string][] = [
  ...CONTAINED,
  [/^audio\/ogg;/, 'audio/ogg'],
];

const TEXT =
  /^text\/|\+xml$|\+json$|^application\/(json|xml|javascript|x-javascript|typescript|yaml|x-yaml|toml|sql|x-sh|x-python|x-ndjson|ld\+json|x-httpd-php)$/;
/** Texts in which a page may stand: pages, prose and programs. Data and drawings are no pages. */
const MAY_BE_A_PAGE =
  /^text\/(?!csv|calendar|vcard|css)|^application\/(xhtml\+xml|xml|javascript|x-javascript|typescript|x-python|x-httpd-php)$/;
const PAGE = /^<(!doctype\s+html|html|head|body)[\s>]/i;
/** What may stand before a page begins. */
const PREAMBLES = [
  ['<!--', '-->'],
  ['<?', '?>'],
] as const;

/** What is known of all the bytes of what is said to be text. */
export interface TextCheck {
  isUtf8: boolean;
  /** Where the first U+0000 stands, in bytes; null: nowhere. Programs take it for the end of the text. */
  nulAt: number | null;
}

/** Whether a type's bytes must be text. */
export function isTextType(contentType: string): boolean {
  return TEXT.test(baseOf(contentType));
}

/**
 * What bytes are: what their beginning says where it says something sure, else what they are said to be. A type of files that are kept in
 * another container (a document that is an archive) stays.
 * @param check whether all of the bytes are text; null: they need not be.
 * @throws InvalidOutputError when they are not what they are said to be, and nothing that can be told: a page of an error, for example.
 */
export async function trueType(head: Uint8Array, stated: string, check: TextCheck | null): Promise<string> {
  const isText = check === null ? null : check.isUtf8 && check.nulAt === null;
  const type = canonical(baseOf(stated));
  if (!MAY_BE_A_PAGE.test(type) && isPage(Buffer.from(head).toString('utf8'))) {
    throw new InvalidOutputError(`an artifact is said to be ${stated}, and is an HTML page`);
  }
  const found = await signatureOf(head);
  // A text may begin with the letters of a signature; nobody writes that of a PDF.
  if (isText === true && found?.type !== 'application/pdf') return stated;
  const wanted = containerOf(type, CONTAINED) ?? type;
  if (found !== null) {
    // Of containers there are more uses than anybody lists.
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

/** The type that the bytes begin like, and that of the container it comes in; null when nothing sure is recognised. */
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

function baseOf(contentType: string): string {
  return contentType.split(';')[0]?.trim().toLowerCase() ?? '';
}

function canonical(type: string): string {
  return SAME[type] ?? type;
}

/** Aliases that nobody else knows are told by their real name. */
function told(stated: string, type: string): string {
  return baseOf(stated) === type ? stated : type;
}
