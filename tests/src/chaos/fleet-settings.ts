/** A call that is not answered by then is given up, in seconds. */
export const MARKETPLACE_TIMEOUT_SECONDS = 4;
/** The lock under which a worker writes lasts half as long again. */
export const WRITE_LOCK_MS = MARKETPLACE_TIMEOUT_SECONDS * 1500;
/** After so long the jobs of a worker that stands still are taken over. */
export const JOB_LOCK_SECONDS = 3;
/** The marketplace remembers so many calls and webhooks: more than any run makes. */
export const LONGEST_HISTORY = 2_000_000;
