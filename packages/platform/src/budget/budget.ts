import type { Redis } from 'ioredis';
import type { RedisKeys } from '../redis/keys.ts';
import type { Admission, Counted } from './admission.ts';
import { type CallArguments, defineCommands } from './commands.ts';

/**
 * The calls that the marketplace counts, all on one counter for an address. `row`: the call's row
 * in the table of limits. The marketplace refuses the calls of a row together. `earns`: the call
 * goes unless a refusal forbids it. The other calls yield to those that earn.
 */
const CLASSES = {
  poll: { row: 'poll', earns: false },
  deliver: { row: 'deliver', earns: true },
  quote: { row: 'deliver', earns: true },
  payout_retry: { row: 'deliver', earns: true },
  upload: { row: 'upload', earns: true },
  message: { row: 'message', earns: false },
} as const;

export type CallClass = keyof typeof CLASSES;
export type LimitRow = (typeof CLASSES)[CallClass]['row'];
export const CALL_CLASSES = Object.keys(CLASSES) as CallClass[];
const ROWS = [...new Set(CALL_CLASSES.map((name) => CLASSES[name].row))];

/**
 * The highest number of deliveries that a window can be set to. This number represents a
 * marketplace without limits, such as the sandbox.
 */
export const NO_CALL_LIMIT = 1_000_000;

/**
 * The marketplace's limits for one address. Messages have a ceiling above that of deliveries, on
 * the same counter.
 */
export interface BudgetLimits {
  windowSeconds: number;
  deliveries: number;
}

/** Deliveries that will need a call: those that wait, and those being generated. */
export interface Owed {
  waiting: number;
  generating: number;
}

/** How a call that yields to deliveries does so. */
export interface Yielding {
  /** The call has yielded for long enough, and goes unless a 429 forbids it. */
  isOverdue?: boolean;
  /**
   * For how long orders may have come that only this call finds, in ms. Absent: orders are found
   * without this call.
   */
  unseenMs?: number | undefined;
  /**
   * The call is a further page of an admitted poll. If the list is known to have pages, the call
   * leaves room only for known deliveries.
   */
  pageOf?: 'known list' | 'perhaps whole list';
}

/**
 * The script's codes for a page. A page has no time in which orders may have come unseen, so the
 * code takes the place of that time.
 */
const PAGE_OF = { 'known list': -2, 'perhaps whole list': -3 };

/** The state of an address' budget. Times in ms since the epoch, by Redis' clock. */
export interface BudgetState {
  /** 0: there was no call yet. */
  windowStart: number;
  /** The latest end of the window. Null: no window runs. */
  windowEnd: number | null;
  used: number;
  /** Deliveries that can still go in this window. */
  left: number;
  /**
   * False: BUDGET_CALLS says that the marketplace takes any number of calls, as the sandbox does.
   */
  isLimited: boolean;
  refusedUntil: Partial<Record<LimitRow, number>>;
  /**
   * Since when every call of these rows was refused. Includes rows that are refused now, and rows
   * whose refusal outlasted a window.
   */
  refusedSince: Partial<Record<LimitRow, number>>;
  /** How often calls were held back in this window. */
  held: Partial<Record<CallClass, number>>;
}

/** The address whose calls a budget counts, and its limits. */
export interface BudgetSetup {
  /** Names the address. Processes behind one address have the same id. */
  egressId: string;
  limits: BudgetLimits;
  /** Replaces Redis' clock. Returns a time in ms. */
  clock?: (() => number) | null;
}

/** The API budget of one egress address, shared by every process behind it through Redis. */
export class Budget {
  readonly #redis: Redis;
  readonly #key: string;
  /** The longest window, from the settings. In ms. */
  readonly windowMs: number;
  readonly #ceiling: number;
  readonly #clock: (() => number) | null;

  constructor(redis: Redis, keys: RedisKeys, { egressId, limits, clock = null }: BudgetSetup) {
    this.#redis = redis;
    this.#key = keys.budget(egressId);
    this.windowMs = limits.windowSeconds * 1000;
    this.#ceiling = limits.deliveries;
    this.#clock = clock;
    defineCommands(redis);
  }

  /** Asks for one call and counts it. */
  async admit(
    callClass: CallClass,
    owed: Owed,
    { isOverdue = false, unseenMs = -1, pageOf }: Yielding = {},
  ): Promise<Admission> {
    const { earns } = CLASSES[callClass];
    const [admitted, waitMs, refused, follows, window = 0, edgeAt = 0] = await this.#redis.admitCall(
      ...this.#common(callClass),
      callClass,
      this.#ceiling,
      owed.waiting,
      owed.generating,
      earns || isOverdue ? 0 : 1,
      pageOf === undefined ? unseenMs : PAGE_OF[pageOf],
    );
    if (admitted === 1) {
      const counted = { window, edgeAt };
      return { admitted: true, counted, ...(follows === 1 ? { followsRefusal: true } : {}) };
    }
    const isRefused = refused === 1;
    const reason = isRefused
      ? 'the marketplace refused such a call before'
      : `deliveries need what is left of the API budget (${callClass})`;
    return { admitted: false, retryAt: this.#now() + waitMs, reason, isRefused };
  }

  /**
   * Records a refused call (429). The marketplace did not count the call, and no call of its row
   * goes for a while.
   * @param retryAt when to try again, as the refusal says (ms). This time is a minimum: the wait
   * grows while refusals go on, up to a window.
   * @param endsWindow the marketplace said that its window ends then, and not only when to try
   * again.
   * @returns when to try again (ms since the epoch), and for how long all calls of the row have
   * been refused (ms).
   */
  async refused(
    callClass: CallClass,
    retryAt: number,
    endsWindow: boolean,
  ): Promise<{ retryAt: number; refusedForMs: number }> {
    const named = Math.max(0, Math.ceil(retryAt - this.#now()));
    const [waitMs, refusedForMs] = await this.#redis.refuseCall(
      ...this.#common(callClass),
      named,
      endsWindow ? 1 : 0,
    );
    return { retryAt: this.#now() + waitMs, refusedForMs };
  }

  /** The marketplace took a call that followed a refusal. */
  async accepted(callClass: CallClass): Promise<void> {
    await this.#redis.acceptCall(...this.#common(callClass));
  }

  /** Gives back an admitted call that does not go after all. */
  async giveBack(callClass: CallClass, { window, edgeAt }: Counted): Promise<void> {
    await this.#redis.giveCallBack(...this.#common(callClass), window, edgeAt);
  }

  /** The first arguments of every script. */
  #common(callClass: CallClass): CallArguments {
    const { row, earns } = CLASSES[callClass];
    return [this.#key, this.#clock?.() ?? '', this.windowMs, row, earns ? 1 : 0];
  }

  async state(): Promise<BudgetState> {
    const [fields, now] = await Promise.all([this.#redis.hgetall(this.#key), this.#redisNow()]);
    const number = (field: string) => Number(fields[field] ?? 0);
    const pick = <N extends string>(names: readonly N[], prefix: string, keep: (value: number) => boolean) =>
      Object.fromEntries(
        names.map((name) => [name, number(`${prefix}:${name}`)] as const).filter(([, value]) => keep(value)),
      ) as Partial<Record<N, number>>;
    const windowStart = number('start');
    const windowEnd = number('over');
    const isOpen = now < windowEnd;
    const used = isOpen ? number('used') : 0;
    const refusedUntil = pick(ROWS, 'refused', (until) => until > now);
    const refusedSince = Object.fromEntries(
      ROWS.map((row) => ({ row, since: number(`refused_since:${row}`), until: number(`refused:${row}`) }))
        .filter(({ since, until }) => since > 0 && this.#isRefused({ now, since, until }))
        .map(({ row, since }) => [row, since]),
    ) as Partial<Record<LimitRow, number>>;
    return {
      windowStart,
      windowEnd: isOpen ? windowEnd : null,
      used,
      left: refusedUntil.deliver === undefined ? Math.max(0, this.#ceiling - used) : 0,
      isLimited: this.#ceiling < NO_CALL_LIMIT,
      refusedUntil,
      refusedSince,
      held: isOpen ? pick(CALL_CLASSES, 'held', (count) => count > 0) : {},
    };
  }

  /**
   * Whether a row counts as refused. Either the row is refused now, or its refusals lasted for more
   * than a window and no accepted call has ended them.
   */
  #isRefused({ now, since, until }: Record<'now' | 'since' | 'until', number>): boolean {
    const outlastsWindow = until - since > this.windowMs;
    return now < until || (outlastsWindow && now < until + this.windowMs);
  }

  /**
   * The rows whose calls were all refused for longer than a window, and for how long, in ms. A
   * used-up window does not explain such refusals.
   */
  async longRefusals(): Promise<{ row: LimitRow; forMs: number }[]> {
    const [{ refusedSince }, now] = await Promise.all([this.state(), this.#redisNow()]);
    return Object.entries(refusedSince)
      .map(([row, since]) => ({ row: row as LimitRow, forMs: now - since }))
      .filter(({ forMs }) => forMs >= this.windowMs);
  }

  #now(): number {
    return this.#clock?.() ?? Date.now();
  }

  async #redisNow(): Promise<number> {
    if (this.#clock !== null) return this.#clock();
    const [seconds, micros] = await this.#redis.time();
    return Number(seconds) * 1000 + Number(micros) / 1000;
  }
}
