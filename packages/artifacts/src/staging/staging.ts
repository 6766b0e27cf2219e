import { createHash, createHmac, randomBytes } from 'node:crypto';
import { mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Artifact } from '@fulfillment/shared';
import { DiskError } from '../errors.ts';
import { displayName } from '../names/file-name.ts';
import { pathName } from '../names/path-name.ts';
import type { Body } from '../outputs/output.ts';
import { holdError, writeInspected } from './write-file.ts';

/** The limit of one file, unless a store has another limit. In bytes. */
export const DEFAULT_MAX_BYTES = 1024 ** 3;

/** Where and for which round files are staged. */
export interface StagingPlace {
  /** The folder on this machine's disk. Only staged files of one draft are in it. */
  folder: string;
  orderId: string;
  /** The round as records name it: `0`, `1`, `1d`. */
  round: string;
  /**
   * Keys the names of artifacts. The same bytes under the same secret have the same name, and
   * nobody without the secret can guess the name, even with the bytes.
   */
  secret: string;
  /** Of one file. Default: 1 GiB. */
  maxBytes?: number | undefined;
}

/** Bytes to stage. */
export interface StagingInput {
  body: Body;
  /** The stated type. The type that the bytes begin with takes precedence. */
  contentType: string;
  fileName?: string | undefined;
  /** Ends the writing, whatever the body still does. Nothing is staged then. */
  signal: AbortSignal;
}

/**
 * The files of a round, on this machine's disk until an artifact store takes them. Nothing else
 * creates artifacts. Staged files survive the end of this process, but not a loss of power, because
 * the store flushes them.
 */
export class Staging {
  readonly #place: StagingPlace;
  #folder: Promise<unknown> | null = null;

  constructor(place: StagingPlace) {
    this.#place = place;
  }

  /**
   * Writes a file once, whole or not at all.
   * @throws InvalidOutputError for bytes that cannot be delivered. DiskError when the disk does not
   * take them. Otherwise what the body throws.
   */
  async add({ body, ...input }: StagingInput): Promise<Artifact> {
    holdError(body);
    const { folder, maxBytes = DEFAULT_MAX_BYTES } = this.#place;
    this.#folder ??= mkdir(folder, { recursive: true });
    try {
      await this.#folder;
    } catch (error) {
      this.#folder = null;
      throw new DiskError(error);
    }
    const partial = path.join(folder, `${randomBytes(16).toString('hex')}.part`);
    const { sha256, contentType, bytes } = await writeInspected(partial, body, { ...input, maxBytes });
    const fileName = displayName(input.fileName, contentType);
    const artifact = { path: this.#pathOf(sha256, fileName), fileName, contentType, bytes };
    try {
      await rename(partial, stagedFile(folder, artifact));
    } catch (error) {
      await rm(partial, { force: true });
      throw new DiskError(error);
    }
    return artifact;
  }

  /** An artifact's path in any store: under its order and round, and impossible to guess. */
  #pathOf(sha256: string, fileName: string): string {
    const { orderId, round, secret } = this.#place;
    const key = createHmac('sha256', secret).update(sha256).digest('hex').slice(0, 32);
    return path.posix.join(orderId, round, key, pathName(fileName));
  }
}

/** The staged file of an artifact. */
export function stagedFile(folder: string, artifact: Pick<Artifact, 'path'>): string {
  return path.join(folder, createHash('sha256').update(artifact.path).digest('hex'));
}
