import type { Budget, CallClass, Owed } from '../budget.ts';
import type { MarketCall } from './refusals.ts';

const HOUR = 3_600_000;
const MINUTE = 60_000;
/** What the marketplace takes on the one counter of an address. */
const CEILINGS = { poll: 30, deliver: 30, quote: 30, upload: 30, message: 60 };

/** Orders to be delivered out of one budget, each with a message, in a time of its own. */
export interface Shop {
  /** When each order is paid, in ms. */
  orders: readonly number[];
  /** When the last call is made, in ms. */
  until: number;
  hearsWebhooks: boolean;
  generationMs(): number;
  /** How long a call is on its way to the marketplace. */
  latencyMs(): number;
}

export interface Trade {
  calls: MarketCall[];
  done: { at: number; what: 'deliver' | 'message' | 'poll' }[];
  /** For how long each message waited until it was sent, in ms. */
  messageWaits: number[];
}

/** A time that goes from one thing to happen to the next. */
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

/** Delivers a shop's orders as the apps do, asking the budget before each call of a marketplace that keeps one counter. */
export async function trade(budget: Budget, time: Timeline, shop: Shop): Promise<Trade> {
  const market = { begun: Number.NEGATIVE_INFINITY, count: 0 };
  const owed: Owed = { waiting: 0, generating: 0 };
  const unseen = [...shop.orders];
  const unsent: number[] = [];
  const result: Trade = { calls: [], done: [], messageWaits: [] };
  let polledAt = time.now;
  let isSending = false;

  /** @returns null when the marketplace takes the call, else for how long it refuses it, in seconds. */
  const take = (what: CallClass, couldWait: boolean): number | null => {
    if (time.now >= market.begun + HOUR) Object.assign(market, { begun: time.now, count: 0 });
    const isRefused = market.count >= CEILINGS[what];
    result.calls.push({ at: time.now, isRefused, earns: what === 'deliver', couldWait });
    if (isRefused) return Math.ceil((market.begun + HOUR - time.now) / 1000);
    market.count += 1;
    return null;
  };
  const later = (ms: number, run: () => Promise<void>) => time.at(time.now + ms, run);

  const accept = async () => {
    owed.generating += 1;
    later(shop.generationMs(), async () => {
      owed.generating -= 1;
      owed.waiting += 1;
      await deliver();
    });
  };
  const deliver = async (): Promise<void> => {
    const admission = await budget.admit('deliver', owed);
    if (!admission.admitted) return time.at(admission.retryAt, deliver);
    later(shop.latencyMs(), async () => {
      const refusedFor = take('deliver', false);
      if (refusedFor !== null) {
        const retryAt = time.now + refusedFor * 1000;
        await budget.refused('deliver', retryAt, true);
        return time.at(retryAt, deliver);
      }
      owed.waiting -= 1;
      result.done.push({ at: time.now, what: 'deliver' });
      unsent.push(time.now);
      if (!isSending) await send();
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
      if (refusedFor !== null) return budget.refused('poll', time.now + refusedFor * 1000, true);
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
