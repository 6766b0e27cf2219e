import type { Artifact, MediaType } from '@fulfillment/shared';

/** Bytes to deliver, at once or as a stream. */
export type Body = Uint8Array | string | AsyncIterable<Uint8Array>;

/**
 * A handler's output: bytes with a content type, a file on this machine, or a URL that the buyer
 * can open. Without a `mediaType`, the content type decides.
 */
export type Output = (
  | { body: Body; contentType: string; fileName?: string; mediaType?: MediaType }
  | { file: string; contentType?: string; fileName?: string; mediaType?: MediaType }
  | { url: string; mediaType: MediaType }
  | SavedArtifact
) & {
  /**
   * Why an operator must review the round before it is delivered, whatever the handler's `review`
   * says. Absent: nothing was found. See `guardText`.
   */
  review?: string | undefined;
};

/** Bytes that were stored with `ctx.artifacts.save`. */
export interface SavedArtifact {
  artifact: Artifact;
  mediaType: MediaType;
  /** Where the buyer can open it, or null if it has no address yet. */
  url: string | null;
}
