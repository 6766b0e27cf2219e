/**
 * A write to the marketplace whose end nobody heard, or nobody wrote down. Times in ms since the
 * epoch, by Redis' clock.
 */
export interface OpenWrite {
  /** When the call was about to leave. */
  begunAt: number;
  /**
   * When a read was asked for that did not show the write's effect, after the effect's time was
   * over. Null: none yet.
   */
  absentAt: number | null;
}

/** How long we wait before we believe that a write had no effect, in ms. */
export interface AbsenceRule {
  /** A call can take effect for this long after it began. */
  effectMs: number;
  /** Two reads at least this far apart must agree. */
  agreeMs: number;
}

/** A read that does not show a write's effect. */
export interface EmptyRead {
  /** Taken before the marketplace was asked, in ms since the epoch. */
  askedAt: number;
  /** The read shows an older state than one we saw before: it proves nothing. */
  isOlder: boolean;
}

/**
 * `isCertain`: the write had no effect, and may be repeated. Otherwise: what to remember, and when
 * to read again.
 */
export type Absence = { isCertain: true } | { isCertain: false; write: OpenWrite; readAgainAt: number };

/** Reads that show an older state prove nothing for this long after the effect's time, in ms. */
const LONGEST_OLDER_MS = 3600_000;

/**
 * What it means that a read does not show a write of unknown outcome. The marketplace may still be
 * working on the call, a cache or a replica may answer with the past. One read is therefore not
 * enough: repeating a write that did take effect delivers twice.
 */
export function judgeAbsence(write: OpenWrite, read: EmptyRead, { effectMs, agreeMs }: AbsenceRule): Absence {
  const { askedAt, isOlder } = read;
  // A clock that stepped back: nobody knows how long ago the call began. Its time is counted from
  // now.
  const begunAt = Math.min(write.begunAt, askedAt);
  const effectEndsAt = begunAt + effectMs;
  if (askedAt < effectEndsAt) {
    return { isCertain: false, write: { begunAt, absentAt: null }, readAgainAt: effectEndsAt };
  }
  const { absentAt } = write;
  // Rows that the marketplace lost make every read look older: the wait for a newer one must end.
  if (isOlder && askedAt < effectEndsAt + LONGEST_OLDER_MS)
    return { isCertain: false, write: { begunAt, absentAt: null }, readAgainAt: askedAt + agreeMs };
  if (absentAt === null || absentAt > askedAt) {
    return { isCertain: false, write: { begunAt, absentAt: askedAt }, readAgainAt: askedAt + agreeMs };
  }
  if (askedAt >= absentAt + agreeMs) return { isCertain: true };
  return { isCertain: false, write: { begunAt, absentAt }, readAgainAt: absentAt + agreeMs };
}

/**
 * A marketplace whose reads lag makes us wait at most this long between two reads, in ms: an outage
 * still ends without a human.
 */
const LONGEST_AGREE_MS = 15 * 60_000;

/**
 * How far apart two reads must be, in ms.
 * @param agreeMs the setting.
 * @param lagMs the longest noticed lag of a read. 0: no lag was noticed.
 */
export function agreeWithin(agreeMs: number, lagMs: number): number {
  return Math.max(agreeMs, Math.min(2 * lagMs, LONGEST_AGREE_MS));
}
