import type { Random } from '../market/random.ts';

/** The rows of the table of limits, and the requests a window that each allows. */
export const CEILINGS = {
  poll: 30,
  /** Deliveries and quotes. */
  deliver: 30,
  message: 60,
  upload: 30,
} as const;
export type LimitRow = keyof typeof CEILINGS;

export const HOUR_MS = 3_600_000;

export const LIMIT_MODES = ['off', 'shared', 'separate'] as const;

export interface LimitSettings {
  /** `shared`: one counter for an address, on which each row has its own ceiling. `separate`: a counter for each row. */
  mode: (typeof LIMIT_MODES)[number];
  windowMs: number;
  ceilings: Record<LimitRow, number>;
  /** Each call meets one of so many instances of the marketplace at random, each with counters of its own. */
  instances: number;
}

export const NO_LIMITS: LimitSettings = {
  mode: 'off',
  windowMs: HOUR_MS,
  ceilings: CEILINGS,
  instances: 1,
};

/** Why a call is refused. */
export interface LimitRefusal {
  limit: number;
  /** Until the window ends, in ms. */
  waitMs: number;
}

/** The marketplace's rate limiter. A window starts with its first request. A refused call is not counted. */
export class RateLimiter {
  readonly #random: Random;
  readonly #windows = new Map<string, { startedAt: number; count: number }>();
  #settings = NO_LIMITS;

  constructor(random: Random) {
    this.#random = random;
  }

  get settings(): LimitSettings {
    return this.#settings;
  }

  /** Changes the limits and begins new windows. */
  set(settings: LimitSettings): void {
    this.#settings = settings;
    this.#windows.clear();
  }

  /** Counts a call, or says why it is refused. `now` in ms since the epoch. */
  take(address: string, row: LimitRow, now: number): LimitRefusal | null {
    const { mode, windowMs, ceilings, instances } = this.#settings;
    if (mode === 'off') return null;
    const instance = instances === 1 ? 0 : Math.floor(this.#random() * instances);
    const key = JSON.stringify([address, instance, mode === 'separate' ? row : null]);
    const known = this.#windows.get(key);
    const window = known && now < known.startedAt + windowMs ? known : { startedAt: now, count: 0 };
    const limit = ceilings[row];
    if (window.count >= limit) return { limit, waitMs: window.startedAt + windowMs - now };
    window.count += 1;
    this.#windows.set(key, window);
    return null;
  }
}
