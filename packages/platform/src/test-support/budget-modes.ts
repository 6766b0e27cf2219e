import { randomUUID } from 'node:crypto';
import { seededRandom } from '@fulfillment/shared/seeded-random';
import type { Redis } from 'ioredis';
import { Budget } from '../budget/budget.ts';
import type { RedisKeys } from '../redis/keys.ts';
import { type MarketWindow, windowsOf } from './refusals.ts';
import { Timeline, type Trade, trade } from './shop.ts';

const HOUR = 3_600_000;
const CEILING = 30;
/**
 * The first window, and the two after the next: by then the leftovers of the first window are gone.
 */
const HOURS = 5;

/** A way to sell that the API budget must serve. */
export interface BudgetMode {
  /** Orders an hour. */
  rate: number;
  hearsWebhooks: boolean;
  /** Files of each order that are uploaded to the marketplace. */
  uploads: number;
}

export const BUDGET_MODES: readonly BudgetMode[] = [15, 30].flatMap((rate) =>
  [true, false].flatMap((hearsWebhooks) =>
    [0, 1].map((uploads): BudgetMode => ({ rate, hearsWebhooks, uploads })),
  ),
);

/**
 * How many deliveries of a mode one window can take, whatever uses its 30 calls. Each delivery and
 * each upload takes one call. Without webhooks, at least one poll is needed to find orders. There
 * are never more deliveries than orders.
 */
export function limitOf({ rate, hearsWebhooks, uploads }: BudgetMode): number {
  const polls = hearsWebhooks ? 0 : 1;
  return Math.min(rate, Math.floor((CEILING - polls) / (1 + uploads)));
}

/** The calls of one window. */
export interface WindowDone {
  delivered: number;
  polls: number;
  messages: number;
}

/**
 * Sells for some hours in simulated time: the real budget on a real Redis, against a simulation of
 * the marketplace's counter.
 * @returns the first window after a cold start, and the mean of two later ones.
 */
export async function sellIn(
  { redis, keys }: { redis: Redis; keys: RedisKeys },
  { rate, hearsWebhooks, uploads }: BudgetMode,
  seed: number,
): Promise<{ first: WindowDone; later: WindowDone }> {
  const time = new Timeline();
  const limits = { windowSeconds: 3600, deliveries: CEILING };
  const egress = `mode-${randomUUID()}`;
  const budget = new Budget(redis, keys, { egressId: egress, limits, clock: () => time.now });
  const random = seededRandom(seed * 7919);
  const orders = Array.from({ length: rate * HOURS }, (_, turn) =>
    Math.round(((turn + random()) * HOUR) / rate),
  );
  const { calls } = await trade(budget, time, {
    orders,
    until: HOURS * HOUR,
    hearsWebhooks,
    uploads,
    generationMs: () => Math.round(60_000 * (0.5 + random())),
    latencyMs: () => Math.round(30 + 400 * random()),
  });
  await redis.del(keys.budget(egress));
  const [first, , ...rest] = windowsOf(calls, HOUR).map(doneIn);
  const [third, fourth] = rest;
  if (first === undefined || third === undefined || fourth === undefined) {
    throw new Error('Too few windows passed.');
  }
  return { first, later: meanOf(third, fourth) };
}

function doneIn({ calls }: MarketWindow<Trade['calls'][number]>): WindowDone {
  const count = (kind: string) => calls.filter(({ what, isRefused }) => what === kind && !isRefused).length;
  return { delivered: count('deliver'), polls: count('poll'), messages: count('message') };
}

function meanOf(one: WindowDone, other: WindowDone): WindowDone {
  return {
    delivered: (one.delivered + other.delivered) / 2,
    polls: (one.polls + other.polls) / 2,
    messages: (one.messages + other.messages) / 2,
  };
}
