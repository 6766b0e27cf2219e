import type { Budget, CallClass, Owed } from '../budget/budget.ts';
import type { MarketCall } from './refusals.ts';

const HOUR = 3_600_000;
const MINUTE = 60_000;
/** The marketplace's limit on the one counter of an address. */
const CEILINGS = { poll: 30, deliver: 30, quote: 30, upload: 30, payout_retry: 30, message: 60 };

/** Orders to be delivered out of one budget, each with a message, in simulated time. */
export interface Shop {
  /** When each order is paid, in ms. */
  orders: readonly number[];
  /** When the last call goes, in ms. */
  until: number;
  hearsWebhooks: boolean;
  /** Files of each order that are uploaded before its delivery: a counted call each. */
  uploads?: number;
  generationMs(): number;
  /** How long a call is on its way to the marketplace. */
  latencyMs(): number;
}

/**
 * An order whose output exists: its place in the queue, and the uploads that remain before its
 * delivery.
 */
interface Ready {
  turn: number;
  uploads: number;
}

/** How many writes a delivery worker makes at once. */
const WRITERS = 4;

export interface Trade {
  /** Every counted or refused call, in order, with its kind. */
  calls: (MarketCall & { what: CallClass })[];
  done: { at: number; what: 'deliver' | 'message' | 'poll' }[];
  /** How long each message waited before it was sent, in ms. */
  messageWaits: number[];
}

/** A clock that jumps from one event to the next. */
export class Timeline {
  now = 0;
  #events: { at: number; run: () => Promise<void> }[] = [];

  at(time: number, run: () => Promise<void>): void {
    const place = this.#events.findLastIndex(({ at }) => at <= time);
    this.#events.splice(place + 1, 0, { at: time, run });
  }

  async runUntil(end: number): Promise<void> {
    for (let next = this.#events.shift(); next && next.at < end; next = this.#events.shift()) {
      this.now = Math.max(this.now, next.at);
      await next.run();
    }
  }
}

/**
 * Delivers a shop's orders as the apps do, and asks the budget before each call to a marketplace
 * with one counter.
 */
export async function trade(budget: Budget, time: Timeline, shop: Shop): Promise<Trade> {
  const market = { begun: Number.NEGATIVE_INFINITY, count: 0 };
  const owed: Owed = { waiting: 0, generating: 0 };
  const unseen = [...shop.orders];
  const unsent: number[] = [];
  const result: Trade = { calls: [], done: [], messageWaits: [] };
  const ready: Ready[] = [];
  let accepted = 0;
  let inFlight = 0;
  let pausedUntil = 0;
  let polledAt = time.now;
  let isSending = false;

  /**
   * @returns null when the marketplace takes the call. Otherwise the length of the refusal, in
   * seconds.
   */
  const take = (what: CallClass, couldWait: boolean): number | null => {
    if (time.now >= market.begun + HOUR) Object.assign(market, { begun: time.now, count: 0 });
    const isRefused = market.count >= CEILINGS[what];
    const earns = what === 'deliver' || what === 'upload';
    result.calls.push({ at: time.now, isRefused, earns, couldWait, what });
    if (isRefused) return Math.ceil((market.begun + HOUR - time.now) / 1000);
    market.count += 1;
    return null;
  };
  const later = (ms: number, run: () => Promise<void>) => time.at(time.now + ms, run);

  const accept = async () => {
    owed.generating += 1;
    const turn = accepted;
    accepted += 1;
    later(shop.generationMs(), async () => {
      const uploads = shop.uploads ?? 0;
      owed.generating -= 1;
      owed.waiting += 1 + uploads;
      ready.push({ turn, uploads });
      await pump();
    });
  };
  /** Makes the ready writes, a few at a time. As in the queue, the earliest due time goes first. */
  const pump = async (): Promise<void> => {
    while (inFlight < WRITERS && ready.length > 0 && time.now >= pausedUntil) {
      ready.sort((one, other) => one.turn - other.turn);
      const order = ready.shift();
      if (order === undefined) return;
      inFlight += 1;
      await write(order);
    }
  };
  const write = async (order: Ready): Promise<void> => {
    const what = order.uploads > 0 ? 'upload' : 'deliver';
    const back = (retryAt: number): void => {
      inFlight -= 1;
      ready.push(order);
      pausedUntil = Math.max(pausedUntil, retryAt);
      time.at(retryAt, pump);
    };
    const admission = await budget.admit(what, owed);
    if (!admission.admitted) return back(admission.retryAt);
    later(shop.latencyMs(), async () => {
      const refusedFor = take(what, false);
      if (refusedFor !== null) {
        const retryAt = time.now + refusedFor * 1000;
        await budget.refused(what, retryAt, true);
        return back(retryAt);
      }
      inFlight -= 1;
      owed.waiting -= 1;
      if (what === 'upload') ready.push({ ...order, uploads: order.uploads - 1 });
      else {
        result.done.push({ at: time.now, what });
        unsent.push(time.now);
        if (!isSending) await send();
      }
      await pump();
    });
  };
  const send = async (): Promise<void> => {
    const [since] = unsent;
    isSending = since !== undefined;
    if (since === undefined) return;
    const admission = await budget.admit('message', owed);
    if (!admission.admitted) return time.at(admission.retryAt, send);
    later(shop.latencyMs(), async () => {
      const refusedFor = take('message', true);
      if (refusedFor !== null) {
        await budget.refused('message', time.now + refusedFor * 1000, true);
        return send();
      }
      unsent.shift();
      result.messageWaits.push(time.now - since);
      result.done.push({ at: time.now, what: 'message' });
      await send();
    });
  };
  const poll = async (): Promise<void> => {
    later((shop.hearsWebhooks ? 15 : 2) * MINUTE, poll);
    const sinceMs = time.now - polledAt;
    const isOverdue = sinceMs >= (shop.hearsWebhooks ? 4 : 1) * HOUR;
    const admission = await budget.admit('poll', owed, {
      isOverdue,
      unseenMs: shop.hearsWebhooks ? undefined : sinceMs,
    });
    if (!admission.admitted) return;
    later(shop.latencyMs(), async () => {
      const found = shop.hearsWebhooks ? [] : unseen.filter((at) => at <= time.now);
      const refusedFor = take('poll', found.length === 0 && !isOverdue);
      if (refusedFor !== null) {
        await budget.refused('poll', time.now + refusedFor * 1000, true);
        return;
      }
      polledAt = time.now;
      result.done.push({ at: time.now, what: 'poll' });
      for (const _ of unseen.splice(0, found.length)) await accept();
    });
  };

  if (shop.hearsWebhooks) for (const at of shop.orders) time.at(at, accept);
  later(0, poll);
  await time.runUntil(shop.until);
  return result;
}
