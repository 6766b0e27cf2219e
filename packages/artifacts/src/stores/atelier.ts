import { type Artifact, DEFAULT_ARTIFACTS_DIR, rejectUnknownOptions } from '@fulfillment/shared';
import { InvalidOutputError } from '../errors.ts';
import type { ArtifactStore } from './artifact-store.ts';
import { localDisk } from './local-disk.ts';

/**
 * The marketplace hosts files of up to 50 MB. It does not say which megabytes it means, so we take
 * the smaller ones.
 */
const MAX_HOSTED_BYTES = 50_000_000;

/** The content types that the marketplace hosts for an order, as it spells them (observed). */
const HOSTED = [
  'image/jpeg',
  'image/png',
  'image/webp',
  'image/gif',
  'video/mp4',
  'video/webm',
  'video/quicktime',
  'application/pdf',
  'text/plain',
  'text/markdown',
  'text/html',
  'text/csv',
  'application/json',
  'text/javascript',
  'text/x-python',
  'application/zip',
];
/** Other names of the same types. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  'application/javascript': 'text/javascript',
  'application/x-javascript': 'text/javascript',
  'application/x-python': 'text/x-python',
  'application/x-python-code': 'text/x-python',
  'application/x-zip-compressed': 'application/zip',
  'image/jpg': 'image/jpeg',
};

/**
 * The content type under which the marketplace hosts a file. The same value is checked and sent.
 * The marketplace rejects a type with a parameter, such as `text/plain; charset=utf-8`.
 * @returns null when the marketplace does not host the type.
 */
export function hostedType(contentType: string): string | null {
  const type = contentType.split(';')[0]?.trim().toLowerCase() ?? '';
  const name = OTHER_NAMES[type] ?? type;
  return HOSTED.includes(name) ? name : null;
}

export interface AtelierOptions {
  /**
   * The folder that files wait in until they are uploaded. Every app must see the same folder.
   * Default: ARTIFACTS_DIR.
   */
  folder?: string;
  /** Largest file, in bytes. Default, and at most, 50,000,000. */
  maxBytes?: number;
}

const OPTIONS = { folder: true, maxBytes: true } satisfies Record<keyof AtelierOptions, true>;

/**
 * Artifacts that the marketplace hosts. They are kept in a folder, and uploaded from the API budget
 * when their round is about to be delivered. A file that the marketplace does not host is rejected
 * before it is sent. Files beyond about 4.5 MB go past its edge with an upload token.
 * @throws TypeError at once, when an option is wrong.
 */
export function atelier(options: AtelierOptions = {}): ArtifactStore {
  rejectUnknownOptions('atelier', options, OPTIONS);
  const { folder = process.env.ARTIFACTS_DIR || DEFAULT_ARTIFACTS_DIR, maxBytes = MAX_HOSTED_BYTES } =
    options;
  if (!(maxBytes > 0 && maxBytes <= MAX_HOSTED_BYTES)) {
    throw new TypeError(`maxBytes must be from 1 to ${MAX_HOSTED_BYTES}: the marketplace hosts no more`);
  }
  // A file that cannot be hosted is staged all the same, and can be delivered from another store.
  const disk = localDisk({ folder });
  const whyNot = (artifact: Artifact) =>
    artifact.bytes > maxBytes
      ? `${artifact.fileName} has ${artifact.bytes} bytes, and at most ${maxBytes} are hosted`
      : whyNotHosted(artifact);
  return {
    ...disk,
    async add(file, artifact, signal) {
      const reason = whyNot(artifact);
      if (reason !== null) {
        throw new InvalidOutputError(
          `${reason}. Set PUBLIC_URL, or choose another store in the configuration`,
        );
      }
      await disk.add(file, artifact, signal);
    },
  };
}

/** Why the marketplace does not host an artifact, or null when it does. */
export function whyNotHosted({ fileName, contentType, bytes }: Omit<Artifact, 'path'>): string | null {
  if (bytes > MAX_HOSTED_BYTES) {
    return `${fileName} has ${bytes} bytes, and the marketplace hosts at most ${MAX_HOSTED_BYTES}`;
  }
  if (hostedType(contentType) !== null) return null;
  return `${fileName} is ${contentType}, which the marketplace does not host`;
}
