import type { Redis } from 'ioredis';
import type { RedisKeys } from '../redis/keys.ts';
import { defineCommands } from './commands.ts';

const HOUR_MS = 3600_000;
/** The sum of a day outlives the day, so that a slightly wrong clock still finds it. */
const SUM_LIVES_MS = 48 * HOUR_MS;
/** The dearest cost is forgotten after this time, because prices change. */
const DEAREST_LIVES_MS = 7 * 24 * HOUR_MS;
/**
 * How long the reservation of a crashed worker holds up others. A live worker renews it three times
 * as often.
 */
const LEASE_MS = 60_000;

/**
 * Whether a try may begin. `reserved`: the try has its reservation. `spent`: the day's
 * limit is spent. `wait`: other tries may use up the rest of the limit.
 */
export interface Admission {
  outcome: 'reserved' | 'spent' | 'wait';
  /** What the handler spent today, in USD. */
  spentUsd: number;
  /** What other tries have reserved, in USD. */
  reservedUsd: number;
}

/** A try of a handler. It keeps its id when a worker begins the try again. */
export interface Try {
  handler: string;
  /** Quotes and generations differ in cost: each step reserves by its own tries. */
  step: 'price' | 'generate';
  id: string;
}

/** The daily spending of handlers, over all processes. Days are in UTC. */
export class Spending {
  readonly #redis: Redis;
  readonly #keys: RedisKeys;
  readonly #leaseMs: number;

  constructor(redis: Redis, keys: RedisKeys, leaseMs = LEASE_MS) {
    this.#redis = redis;
    this.#keys = keys;
    this.#leaseMs = leaseMs;
    defineCommands(redis);
  }

  /**
   * Reserves the likely cost of a try, before it begins. The same id takes over its own
   * reservation.
   * @param limitUsd the handler's daily limit.
   * @param estimateUsd the least that a try reserves, in USD. A try without an estimate reserves
   * the rest of the day until a try of its step has reported a cost.
   */
  async reserve(
    { handler, step, id }: Try,
    { limitUsd, estimateUsd }: { limitUsd: number; estimateUsd: number | undefined },
  ): Promise<Admission> {
    const [outcome, spent, others] = await this.#redis.reserveSpending(
      this.#keys.spent(handler, today()),
      this.#keys.reserved(handler),
      this.#keys.dearest(handler, step),
      id,
      limitUsd,
      estimateUsd ?? '',
      this.#leaseMs,
      SUM_LIVES_MS,
    );
    return { outcome, spentUsd: Number(spent), reservedUsd: Number(others) };
  }

  /** Adds a cost to the day, and subtracts it from the reservation of its try, if there is one. */
  async add({ handler, id }: Omit<Try, 'step'>, costUsd: number): Promise<void> {
    const { spent, reserved } = this.#keys;
    await this.#redis.addSpending(spent(handler, today()), reserved(handler), id, costUsd, SUM_LIVES_MS);
  }

  /**
   * Keeps a reservation alive until it is settled.
   * @returns a function that settles it. `isDone`: the try gave a result, so that its cost predicts
   * the cost of others.
   */
  hold({ handler, step, id }: Try, onError: (error: unknown) => void): (isDone: boolean) => Promise<void> {
    const { reserved, dearest } = this.#keys;
    const renewing = setInterval(() => {
      this.#redis.renewSpending(reserved(handler), id, this.#leaseMs).catch(onError);
    }, this.#leaseMs / 3);
    return async (isDone) => {
      clearInterval(renewing);
      await this.#redis.settleSpending(
        reserved(handler),
        dearest(handler, step),
        id,
        isDone ? '1' : '0',
        DEAREST_LIVES_MS,
      );
    };
  }
}

/** The day in UTC, `2026-01-31`. */
export function today(): string {
  return new Date().toISOString().slice(0, 10);
}
