/** A call that is not answered by then is given up, in seconds. */
export const MARKETPLACE_TIMEOUT_SECONDS = 4;
/** A delivery takes effect within so long after it was sent, also one whose caller gave up, in seconds. */
export const DELIVER_EFFECT_SECONDS = 7;
/** The lock under which a worker delivers lasts longer by half of what it waits for the answer. */
export const WRITE_LOCK_MS = DELIVER_EFFECT_SECONDS * 1000 + MARKETPLACE_TIMEOUT_SECONDS * 500;
/** After so long the jobs of a worker that stands still are taken over. */
export const JOB_LOCK_SECONDS = 3;
/** The marketplace remembers so many calls and webhooks: more than any run makes. */
export const LONGEST_HISTORY = 2_000_000;
