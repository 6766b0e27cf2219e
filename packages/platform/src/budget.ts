import type { Redis, Result } from 'ioredis';
import { ADMIT, GIVE_BACK, REFUSE } from './budget-scripts.ts';
import type { RedisKeys } from './keys.ts';

/**
 * The calls that the marketplace counts, all on one counter for an address. `row`: its row in the table of limits, whose calls are
 * refused together. `earns`: goes whenever no refusal says otherwise; the others yield to those.
 */
const CLASSES = {
  poll: { row: 'poll', earns: false },
  deliver: { row: 'deliver', earns: true },
  quote: { row: 'deliver', earns: true },
  upload: { row: 'upload', earns: true },
  message: { row: 'message', earns: false },
} as const;

export type CallClass = keyof typeof CLASSES;
type LimitRow = (typeof CLASSES)[CallClass]['row'];
export const CALL_CLASSES = Object.keys(CLASSES) as CallClass[];
const ROWS = [...new Set(CALL_CLASSES.map((name) => CLASSES[name].row))];

/** What the marketplace takes from one address. Messages have a ceiling above that of deliveries, on the same counter. */
export interface BudgetLimits {
  windowSeconds: number;
  deliveries: number;
}

/** Deliveries that will need a call: those that wait to be made, and those being generated. */
export interface Owed {
  waiting: number;
  generating: number;
}

/** Whether a call may be made now. If not: when to ask again (ms since the epoch), why, and whether a 429 said so. */
export type Admission =
  | { admitted: true }
  | { admitted: false; retryAt: number; reason: string; isRefused: boolean };

/** How a call that yields to deliveries does so. */
export interface Yielding {
  /** It has yielded for long enough, and goes unless a 429 said otherwise. */
  isOverdue?: boolean;
  /** For how long orders may have come that only this call finds, in ms. Left out: they are heard of without it. */
  unseenMs?: number | undefined;
}

declare module 'ioredis' {
  interface RedisCommander<Context> {
    admitCall(budget: string, ...args: (string | number)[]): Result<[number, number, number], Context>;
    refuseCall(budget: string, ...args: (string | number)[]): Result<number, Context>;
    giveCallBack(budget: string, ...args: (string | number)[]): Result<number, Context>;
  }
}

/** How an address stands. Times in ms since the epoch, by Redis' clock. */
export interface BudgetState {
  /** 0: no call was ever made. */
  windowStart: number;
  /** By then it has ended. Null: no window runs. */
  windowEnd: number | null;
  used: number;
  /** Deliveries that can still go in this window. */
  left: number;
  refusedUntil: Partial<Record<LimitRow, number>>;
  /** How often calls were held back in this window. */
  held: Partial<Record<CallClass, number>>;
}

/** The API budget of one egress address, shared by every process behind it through Redis. */
export class Budget {
  readonly #redis: Redis;
  readonly #key: string;
  readonly #windowMs: number;
  readonly #ceiling: number;
  readonly #clock: (() => number) | null;

  /** @param clock a time in ms to go by in place of Redis' own. */
  constructor(
    redis: Redis,
    keys: RedisKeys,
    egressId: string,
    limits: BudgetLimits,
    clock: (() => number) | null = null,
  ) {
    this.#redis = redis;
    this.#key = keys.budget(egressId);
    this.#windowMs = limits.windowSeconds * 1000;
    this.#ceiling = limits.deliveries;
    this.#clock = clock;
    redis.defineCommand('admitCall', { lua: ADMIT, numberOfKeys: 1 });
    redis.defineCommand('refuseCall', { lua: REFUSE, numberOfKeys: 1 });
    redis.defineCommand('giveCallBack', { lua: GIVE_BACK, numberOfKeys: 1 });
  }

  /** Asks for one call and counts it. */
  async admit(
    callClass: CallClass,
    owed: Owed,
    { isOverdue = false, unseenMs = -1 }: Yielding = {},
  ): Promise<Admission> {
    const { row, earns } = CLASSES[callClass];
    const [admitted, waitMs, refused] = await this.#redis.admitCall(
      this.#key,
      this.#clock?.() ?? '',
      this.#windowMs,
      callClass,
      row,
      this.#ceiling,
      owed.waiting,
      owed.generating,
      earns ? 1 : 0,
      earns || isOverdue ? 0 : 1,
      unseenMs,
    );
    if (admitted === 1) return { admitted: true };
    const isRefused = refused === 1;
    const reason = isRefused
      ? 'the marketplace refused such a call before'
      : `deliveries need what is left of the API budget (${callClass})`;
    return { admitted: false, retryAt: this.#now() + waitMs, reason, isRefused };
  }

  /**
   * The marketplace refused a call (429): it was not counted, and none of its row goes before `retryAt` (ms).
   * @param endsWindow the marketplace said that its window ends then, and not merely when to try again.
   */
  async refused(callClass: CallClass, retryAt: number, endsWindow: boolean): Promise<void> {
    const { row, earns } = CLASSES[callClass];
    const wait = Math.max(0, Math.ceil(retryAt - this.#now()));
    await this.#redis.refuseCall(
      this.#key,
      this.#clock?.() ?? '',
      this.#windowMs,
      row,
      wait,
      earns ? 1 : 0,
      endsWindow ? 1 : 0,
    );
  }

  /** A call that was admitted is not made after all. */
  async giveBack(callClass: CallClass): Promise<void> {
    const { earns } = CLASSES[callClass];
    await this.#redis.giveCallBack(this.#key, this.#clock?.() ?? '', this.#windowMs, earns ? 1 : 0);
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
    return {
      windowStart,
      windowEnd: isOpen ? windowEnd : null,
      used,
      left: refusedUntil.deliver === undefined ? Math.max(0, this.#ceiling - used) : 0,
      refusedUntil,
      held: isOpen ? pick(CALL_CLASSES, 'held', (count) => count > 0) : {},
    };
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
