/** Where the budget counted a call, for `giveBack`. */
export interface Counted {
  /** The number of the window. */
  window: number;
  /** If the call also counts in the next window: the beginning of the edge. Otherwise 0. */
  edgeAt: number;
}

/**
 * Whether a call may go now. A call that must wait gets a time to ask again (ms since the
 * epoch), a reason, and whether a 429 said so. If `followsRefusal` is set, the last calls of the
 * row were refused, so the caller must report a success with `accepted`.
 */
export type Admission =
  | { admitted: true; counted: Counted; followsRefusal?: true }
  | { admitted: false; retryAt: number; reason: string; isRefused: boolean };
