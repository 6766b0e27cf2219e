import type { Artifact } from '@fulfillment/shared';
import type { Body } from '../outputs/output.ts';

/** Bytes to keep, with their order and round. */
export interface ArtifactInput {
  orderId: string;
  round: string;
  body: Body;
  /** The stated type. The type that their beginning shows takes precedence. */
  contentType: string;
  fileName?: string | undefined;
  /**
   * Keys the artifact's name. The same bytes under the same secret have the same name, and nobody
   * else can guess it. Absent: a unique name.
   */
  secret?: string | undefined;
  /** Ends the writing, whatever the body still does. Nothing is kept then. */
  signal?: AbortSignal | undefined;
}

/** Keeps the bytes of deliverables. */
export interface ArtifactStore {
  /**
   * Stores bytes whole or not at all. An artifact that already exists is left as it is, or replaced
   * by the same bytes.
   * @throws InvalidOutputError when there are no bytes, too many bytes, or bytes of another type
   * than stated. PermanentError when the store would reject the bytes again. Any other error counts
   * as a store that is down: the worker retries, and regenerates nothing.
   */
  put(input: ArtifactInput): Promise<Artifact>;
  /**
   * Takes a file of this machine that holds an artifact, without writing it a second time.
   * @returns null when the store cannot take it: the file is stored by `put` then. Absent: every
   * file is stored by `put`.
   */
  take?(file: string, artifact: Artifact): Promise<Artifact | null>;
  /** Where buyers open an artifact, or null when this store has no public address. */
  publicUrl(artifact: Artifact): string | null | Promise<string | null>;
  /** The bytes of an artifact. */
  read(artifact: Artifact, signal?: AbortSignal): Promise<Blob>;
  /** Removes everything that is kept of an order, when the order is forgotten. */
  removeOrder(orderId: string, signal?: AbortSignal): Promise<void>;
  /**
   * Whether the store has an artifact. Asked before its URL is delivered late. Absent: the store is
   * assumed to have it.
   */
  has?(artifact: Artifact, signal?: AbortSignal): Promise<boolean>;
  /** Whether its URLs expire. Such URLs are created only when a round is about to be delivered. */
  urlsExpire?: boolean;
  /**
   * The largest artifact that it takes, in bytes. Larger artifacts are rejected before they are
   * whole.
   */
  maxBytes?: number;
  /**
   * How `pnpm run doctor` describes the store. A store without a description is called "the
   * artifact store".
   */
  place?: StorePlace;
  /** The folder that the ingestor serves for it under `/artifacts/`. */
  folder?: string;
}

/** Where a store keeps files, and what an operator does about a store that does not work. */
export interface StorePlace {
  /** The words that follow "kept in". */
  where: string;
  /** What to do when the store takes no file. */
  whenNotWritten: string;
  /** What to do when a file cannot be opened from outside. */
  whenNotOpened: string;
}
