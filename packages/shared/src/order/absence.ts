/**
 * A write to the marketplace whose outcome is unknown or not recorded. Times in ms since the epoch,
 * by Redis' clock.
 */
export interface OpenWrite {
  /** When the call was about to leave. */
  begunAt: number;
  /**
   * When the first read was asked for that did not show the effect, after the time in which the
   * call can take effect. Null: no such read yet.
   */
  absentAt: number | null;
}

/** How long we wait before we conclude that a write had no effect, in ms. */
export interface AbsenceRule {
  /** A call can take effect for this long after it began. */
  effectMs: number;
  /** Two reads at least this far apart must agree. */
  agreeMs: number;
}

/** A read that does not show a write's effect. */
export interface EmptyRead {
  /** Noted before the marketplace was asked, in ms since the epoch. */
  askedAt: number;
  /** The read shows an older state than an earlier read, so it proves nothing. */
  isOlder: boolean;
}

/**
 * `isCertain`: the write had no effect, and may be repeated. Otherwise: the state to store, and
 * when to read again.
 */
export type Absence = { isCertain: true } | { isCertain: false; write: OpenWrite; readAgainAt: number };

/**
 * Reads that show an older state prove nothing for this long after the call can take effect, in ms.
 */
const LONGEST_OLDER_MS = 3600_000;

/**
 * Judges a read that does not show a write of unknown outcome. The marketplace may still be working
 * on the call, or a cache or replica may answer with old state. One read is therefore not enough: a
 * repeat of a write that did take effect delivers twice.
 */
export function judgeAbsence(write: OpenWrite, read: EmptyRead, { effectMs, agreeMs }: AbsenceRule): Absence {
  const { askedAt, isOlder } = read;
  // If the clock stepped back, the age of the call is unknown. Its time then counts from now.
  const begunAt = Math.min(write.begunAt, askedAt);
  const effectEndsAt = begunAt + effectMs;
  if (askedAt < effectEndsAt) {
    return { isCertain: false, write: { begunAt, absentAt: null }, readAgainAt: effectEndsAt };
  }
  const { absentAt } = write;
  // If the marketplace lost rows, every read looks older. The wait for a newer read must end.
  if (isOlder && askedAt < effectEndsAt + LONGEST_OLDER_MS)
    return { isCertain: false, write: { begunAt, absentAt: null }, readAgainAt: askedAt + agreeMs };
  if (absentAt === null || absentAt > askedAt) {
    return { isCertain: false, write: { begunAt, absentAt: askedAt }, readAgainAt: askedAt + agreeMs };
  }
  if (askedAt >= absentAt + agreeMs) return { isCertain: true };
  return { isCertain: false, write: { begunAt, absentAt }, readAgainAt: absentAt + agreeMs };
}

/**
 * If the marketplace's reads lag, we wait at most this long between two reads, in ms. An outage
 * then still ends without a human.
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
