import type { Artifact } from '@fulfillment/shared';

/** Keeps the files of deliverables. Staging creates artifacts. A store takes and serves them. */
export interface ArtifactStore {
  /**
   * Takes a staged file, whole or not at all, and flushes it. A file that the store has already is
   * left as it is, or replaced by the same bytes.
   * @param file the file on this machine's disk. It may be removed as soon as the call ends.
   * @throws InvalidOutputError for a file that the store does not take. PermanentError when the
   * store would reject the file again. Any other error counts as a store that is down: the worker
   * retries, and regenerates nothing.
   */
  add(file: string, artifact: Artifact, signal: AbortSignal): Promise<void>;
  /** Where buyers open an artifact. Null without a public address: it must be published first. */
  publicUrl(artifact: Artifact): Promise<string | null>;
  /** The bytes of an artifact. */
  read(artifact: Artifact, signal?: AbortSignal): Promise<Blob>;
  /** Whether the store has an artifact. Checked before a late delivery of its URL. */
  has(artifact: Artifact, signal?: AbortSignal): Promise<boolean>;
  /** Removes all files of an order, when the order is forgotten. */
  removeOrder(orderId: string, signal?: AbortSignal): Promise<void>;
  /**
   * Whether `publicUrl` returns URLs that expire. Such URLs are created only when a round is about
   * to be delivered.
   */
  readonly doUrlsExpire: boolean;
  /** The largest file that is staged for the store, in bytes. Larger files are rejected at once. */
  readonly maxBytes: number;
  /** The folder that the ingestor serves under `/artifacts/`. Null: it serves ARTIFACTS_DIR. */
  readonly folder: string | null;
  /** How the doctor describes the store. */
  readonly place: StorePlace;
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
