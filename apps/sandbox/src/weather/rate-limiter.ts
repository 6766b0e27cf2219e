import type { Random } from '../market/random.ts';

/** The rows of the table of limits, and the requests a window that each allows. */
export const CEILINGS = {
  poll: 30,
  /** Deliveries, quotes, payout retries and bounty claims. */
  deliver: 30,
  message: 60,
  /** Uploads and upload tokens. */
  upload: 30,
  /** New services. */
  service: 20,
} as const;
export type LimitRow = keyof typeof CEILINGS;
export const LIMIT_ROWS = ['poll', 'deliver', 'message', 'upload', 'service'] as const satisfies LimitRow[];

export const HOUR_MS = 3_600_000;

export const LIMIT_MODES = ['off', 'shared', 'separate'] as const;

export interface LimitSettings {
  /**
   * `shared`: one counter for an address, on which each row has its own ceiling. `separate`: a
   * counter for each row.
   */
  mode: (typeof LIMIT_MODES)[number];
  /** The length of a window, in ms. */
  windowMs: number;
  /**
   * The length of a window whose first call belongs to this row, in ms. The default is `windowMs`.
   */
  windows: Partial<Record<LimitRow, number>>;
  ceilings: Record<LimitRow, number>;
  /**
   * Each call meets a random instance out of this many. Each instance of the marketplace has its
   * own counters.
   */
  instances: number;
}

export const NO_LIMITS: LimitSettings = {
  mode: 'off',
  windowMs: HOUR_MS,
  windows: {},
  ceilings: CEILINGS,
  instances: 1,
};

/** The details of a rejected call. */
export interface LimitRefusal {
  limit: number;
  /** The time until the window ends, in ms. */
  waitMs: number;
}

interface Window {
  /** In ms since the epoch. */
  endsAt: number;
  count: number;
}

/**
 * The marketplace's rate limiter. A window starts with its first call. Its length depends on that
 * call's endpoint, and not on later calls (observed). A rejected call is not counted.
 */
export class RateLimiter {
  readonly #random: Random;
  readonly #windows = new Map<string, Window>();
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

  /**
   * Counts a call.
   * @param now in ms since the epoch.
   * @returns the details of a rejection, or null.
   */
  take(address: string, row: LimitRow, now: number): LimitRefusal | null {
    const { mode, windowMs, windows, ceilings } = this.#settings;
    if (mode === 'off') return null;
    const key = this.#keyOf(address, mode === 'separate' ? row : null);
    const window = this.#windowOf(key, now, windows[row] ?? windowMs);
    const limit = ceilings[row];
    if (window.count >= limit) return { limit, waitMs: window.endsAt - now };
    window.count += 1;
    this.#windows.set(key, window);
    return null;
  }

  /**
   * Counts calls of another program behind an address, such as an operator's browser. These calls
   * have no row in the table, so only the shared counter counts them. They open a window of
   * `windowMs` unless one is open.
   */
  addTraffic(
    address: string,
    { calls, windowMs, now }: { calls: number; windowMs: number; now: number },
  ): void {
    if (this.#settings.mode !== 'shared') return;
    for (let call = 0; call < calls; call += 1) {
      const key = this.#keyOf(address, null);
      const window = this.#windowOf(key, now, windowMs);
      window.count += 1;
      this.#windows.set(key, window);
    }
  }

  /** Each call meets one of the marketplace's instances at random. */
  #keyOf(address: string, row: LimitRow | null): string {
    const { instances } = this.#settings;
    const instance = instances === 1 ? 0 : Math.floor(this.#random() * instances);
    return JSON.stringify([address, instance, row]);
  }

  /** The open window, or a new one of this length. */
  #windowOf(key: string, now: number, lengthMs: number): Window {
    const known = this.#windows.get(key);
    return known !== undefined && now < known.endsAt ? known : { endsAt: now + lengthMs, count: 0 };
  }
}
