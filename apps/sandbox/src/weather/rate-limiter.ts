/** The classes of calls that are counted, each with its ceiling. */
export const LIMITED = ['poll', 'deliver', 'quote', 'message', 'upload'] as const;
export type LimitClass = (typeof LIMITED)[number];
export type LimitMode = 'off' | 'shared' | 'separate';

/** Requests a window, as observed. */
export const CEILINGS: Record<LimitClass, number> = {
  poll: 30,
  deliver: 30,
  quote: 30,
  message: 60,
  upload: 30,
};

export const HOUR_MS = 3_600_000;

export interface LimitSettings {
  mode: LimitMode;
  windowMs: number;
  ceilings: Record<LimitClass, number>;
}

/** What a refused call is told. Times in ms since the epoch, `retryAfter` in whole seconds. */
export interface LimitRefusal {
  limit: number;
  remaining: 0;
  resetAt: number;
  retryAfter: number;
}

interface Window {
  startedAt: number;
  count: number;
}

/**
 * The marketplace's rate limiter. `shared`: one counter for an address, on which each class has its own ceiling. `separate`: a
 * counter for each class. A window starts with its first request. A refused call is not counted; one that fails otherwise is.
 */
export class RateLimiter {
  settings: LimitSettings = { mode: 'off', windowMs: HOUR_MS, ceilings: CEILINGS };
  readonly #windows = new Map<string, Window>();

  reset(): void {
    this.#windows.clear();
  }

  /** Counts a call, or says why it is refused. */
  take(address: string, limitClass: LimitClass, now: number): LimitRefusal | null {
    const { mode, windowMs, ceilings } = this.settings;
    if (mode === 'off') return null;
    const key = mode === 'shared' ? address : `${address} ${limitClass}`;
    const known = this.#windows.get(key);
    const window = known && now < known.startedAt + windowMs ? known : { startedAt: now, count: 0 };
    this.#windows.set(key, window);
    const limit = ceilings[limitClass];
    if (window.count >= limit) {
      const resetAt = window.startedAt + windowMs;
      return { limit, remaining: 0, resetAt, retryAfter: Math.max(1, Math.ceil((resetAt - now) / 1000)) };
    }
    window.count += 1;
    return null;
  }
}
