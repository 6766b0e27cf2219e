/** The time after which a caller gives up a call, in seconds. */
export const MARKETPLACE_TIMEOUT_SECONDS = 4;
/**
 * A delivery takes effect within this time after it was sent, even if its caller gave up. In
 * seconds.
 */
export const DELIVER_EFFECT_SECONDS = 7;
/** The lock of a delivery lasts longer than the effect time, by half of the wait for the answer. */
export const WRITE_LOCK_MS = DELIVER_EFFECT_SECONDS * 1000 + MARKETPLACE_TIMEOUT_SECONDS * 500;
/** After this time, another worker takes over the jobs of a stopped worker. */
export const JOB_LOCK_SECONDS = 3;
/** The marketplace remembers this many calls and webhooks: more than any run makes. */
export const LONGEST_HISTORY = 2_000_000;
