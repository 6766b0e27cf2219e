import type { Redis, Result } from 'ioredis';
import type { RedisKeys } from './keys.ts';

/** The calls that the marketplace counts, all on one counter for an address; each class has its own ceiling on it. */
export const CALL_CLASSES = ['poll', 'deliver', 'quote', 'upload', 'message'] as const;
export type CallClass = (typeof CALL_CLASSES)[number];

/** Observed ceilings, in calls a window. The message ceiling is on the same counter, above the others'. */
const CEILINGS: Record<CallClass, number> = {
  poll: 30,
  deliver: 30,
  quote: 30,
  upload: 30,
  message: 60,
};

/** Whether a call may be made now, and if not, when to ask again (ms since the epoch) and why. */
export type Admission = { admitted: true } | { admitted: false; retryAt: number; reason: string };

declare module 'ioredis' {
  interface RedisCommander<Context> {
    admitCall(budget: string, ...args: (string | number)[]): Result<[number, number], Context>;
    refuseCall(budget: string, ...args: (string | number)[]): Result<number, Context>;
  }
}

/** Times in the budget are by Redis' clock, and leave it as a length, so that no two clocks are compared. */
const NOW = `
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
`;

/**
 * KEYS: budget. ARGV: class, window ms, ceiling of deliveries, owed, yields (0 or 1).
 * Returns [admitted, ms to wait]. The window starts with the first call, and counts calls of every class.
 * A call that yields is held back while what is left of the window is needed for the deliveries owed; but the first poll of a
 * window always goes, since a backlog must not hide what has become of its own orders.
 */
const ADMIT = `${NOW}
local start = tonumber(redis.call('HGET', KEYS[1], 'start') or '0')
local window = tonumber(ARGV[2])
if now >= start + window then
  redis.call('HSET', KEYS[1], 'start', string.format('%.0f', now), 'used', 0, 'polls', 0)
  start = now
end
local used = tonumber(redis.call('HGET', KEYS[1], 'used') or '0')
local refused = tonumber(redis.call('HGET', KEYS[1], 'refused:' .. ARGV[1]) or '0')
if refused > now then return {0, refused - now} end
local left = tonumber(ARGV[3]) - used
local owed = tonumber(ARGV[4])
local first_poll = ARGV[1] == 'poll' and redis.call('HGET', KEYS[1], 'polls') == '0'
if not first_poll and ARGV[5] == '1' and owed > 0 and left <= owed and (left > 0 or ARGV[1] ~= 'message') then
  redis.call('HINCRBY', KEYS[1], 'held:' .. ARGV[1], 1)
  return {0, math.min(start + window - now, math.floor(window / 60))}
end
if ARGV[1] == 'poll' then redis.call('HINCRBY', KEYS[1], 'polls', 1) end
redis.call('HINCRBY', KEYS[1], 'used', 1)
return {1, 0}`;

/** KEYS: budget. ARGV: class, ms that calls of this class are refused for. Gives the call back, unless a window began since. */
const REFUSE = `${NOW}
if tonumber(redis.call('HGET', KEYS[1], 'used') or '0') > 0 then redis.call('HINCRBY', KEYS[1], 'used', -1) end
redis.call('HSET', KEYS[1], 'refused:' .. ARGV[1], string.format('%.0f', now + tonumber(ARGV[2])))
redis.call('HINCRBY', KEYS[1], 'refusals:' .. ARGV[1], 1)
return 1`;

/** Which classes yield to deliveries that are owed. The others go unless a 429 said otherwise. */
const YIELDS: Record<CallClass, boolean> = {
  poll: true,
  message: true,
  deliver: false,
  quote: false,
  upload: false,
};

export interface BudgetState {
  windowStart: number;
  used: number;
  refusedUntil: Partial<Record<CallClass, number>>;
  held: Partial<Record<CallClass, number>>;
}

/** The API budget of one egress address, shared by every process behind it through Redis. */
export class Budget {
  readonly #redis: Redis;
  readonly #key: string;
  readonly #windowMs: number;

  constructor(redis: Redis, keys: RedisKeys, egressId: string, windowSeconds: number) {
    this.#redis = redis;
    this.#key = keys.budget(egressId);
    this.#windowMs = windowSeconds * 1000;
    redis.defineCommand('admitCall', { lua: ADMIT, numberOfKeys: 1 });
    redis.defineCommand('refuseCall', { lua: REFUSE, numberOfKeys: 1 });
  }

  /**
   * Asks for one call and counts it.
   * @param owed deliveries that will need a call in this window.
   */
  async admit(callClass: CallClass, owed: number): Promise<Admission> {
    const yields = YIELDS[callClass] ? '1' : '0';
    const [admitted, waitMs] = await this.#redis.admitCall(
      this.#key,
      callClass,
      this.#windowMs,
      CEILINGS.deliver,
      owed,
      yields,
    );
    if (admitted === 1) return { admitted: true };
    const reason = `the API budget holds this call back (${callClass})`;
    return { admitted: false, retryAt: Date.now() + waitMs, reason };
  }

  /** The marketplace refused a call (429): it was not counted, and none of its class goes before `retryAt` (ms). */
  async refused(callClass: CallClass, retryAt: number): Promise<void> {
    await this.#redis.refuseCall(this.#key, callClass, Math.max(0, Math.ceil(retryAt - Date.now())));
  }

  async state(): Promise<BudgetState> {
    const [fields, [seconds]] = await Promise.all([this.#redis.hgetall(this.#key), this.#redis.time()]);
    const now = Number(seconds) * 1000;
    const pick = (prefix: string, keep: (value: number) => boolean) =>
      Object.fromEntries(
        CALL_CLASSES.flatMap((name) => {
          const value = Number(fields[`${prefix}:${name}`] ?? 0);
          return keep(value) ? [[name, value]] : [];
        }),
      );
    const start = Number(fields.start ?? 0);
    return {
      windowStart: start,
      used: now < start + this.#windowMs ? Number(fields.used ?? 0) : 0,
      refusedUntil: pick('refused', (until) => until > now),
      held: pick('held', (count) => count > 0),
    };
  }
}
