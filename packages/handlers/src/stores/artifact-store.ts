import type { Artifact } from '@fulfillment/shared';
import type { Body } from '../types.ts';

/** Bytes to keep, and what they belong to. */
export interface ArtifactInput {
  orderId: string;
  round: string;
  body: Body;
  /** What they are said to be; what their beginning says counts for more. */
  contentType: string;
  fileName?: string | undefined;
  /** Keys the artifact's name: the same bytes under the same secret have the same name, and nobody else can tell it. Absent: a name of its own. */
  secret?: string | undefined;
  /** Ends the writing, whatever the body still does; nothing is kept then. */
  signal?: AbortSignal | undefined;
}

/** Keeps the bytes of deliverables. */
export interface ArtifactStore {
  /**
   * Stores bytes whole or not at all; what is there already is left as it is, or replaced by the same.
   * @throws InvalidOutputError when there are none, too many, or other ones than they are said to be; PermanentError when the store
   * refuses what it would refuse again. Anything else counts as a store that is down: it is tried again, and nothing is made again.
   */
  put(input: ArtifactInput): Promise<Artifact>;
  /**
   * Takes a file of this machine that holds an artifact, without writing it once more.
   * @returns null when it cannot: it is `put` then. Absent: every file is.
   */
  take?(file: string, artifact: Artifact): Promise<Artifact | null>;
  /** Where buyers open an artifact; null when this store has no public address. */
  publicUrl(artifact: Artifact): string | null | Promise<string | null>;
  /** The bytes of an artifact. */
  read(artifact: Artifact, signal?: AbortSignal): Promise<Blob>;
  /** Removes all that is kept of an order, when it is forgotten. */
  removeOrder(orderId: string, signal?: AbortSignal): Promise<void>;
  /** Whether an artifact is here. Asked before its URL is delivered late; absent: it is believed to be. */
  has?(artifact: Artifact, signal?: AbortSignal): Promise<boolean>;
  /** Its URLs end some time after they were made: they are made when a round is about to be delivered. */
  urlsExpire?: boolean;
  /** Largest artifact that it takes, in bytes. Larger ones are refused before they are whole. */
  maxBytes?: number;
  /** What `pnpm run doctor` says of it; a store without one is called "the artifact store". */
  place?: StorePlace;
  /** The folder that the ingestor serves for it under `/artifacts/`. */
  folder?: string;
}

/** Where a store keeps files, and what an operator does about one that does not work. */
export interface StorePlace {
  /** As it stands after "kept in". */
  where: string;
  /** What to do when it takes no file. */
  whenNotWritten: string;
  /** What to do when a file cannot be opened from outside. */
  whenNotOpened: string;
}
