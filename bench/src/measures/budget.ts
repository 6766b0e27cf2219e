import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type MarketWindow, needlessRefusals, windowsOf } from '@fulfillment/platform/test-support';
import { seededRandom } from '@fulfillment/shared/seeded-random';
import { AGENTS } from '@fulfillment/tests/harness/agents';
import { atLeast, type Figure, type Measure, none, type Values } from '../measure.ts';
import { type Call, callsOf, offerService, placeOrder, since } from '../orders.ts';
import { PEERS } from '../programs/program.ts';
import { openStage, type Stage } from '../stage.ts';

/** The length of the marketplace's hourly window in this measure, in seconds. */
const WINDOW_SECONDS = 60;
const WINDOW_MS = WINDOW_SECONDS * 1000;
/** An hour passes in one window. This is the length of a minute at that speed. */
const MINUTE_MS = WINDOW_MS / 60;
const CEILING = 30;
/** Orders a window that may fall outside the counted windows although all were delivered. */
const AT_THE_EDGES = 0.5;
/** The calls that the marketplace counts. They include the calls that earn money. */
const COUNTED = ['orders.listForAgent', 'orders.sendMessage', 'orders.deliver', 'orders.quote'];
const EARNING = ['orders.deliver', 'orders.quote'];

interface Seller {
  name: string;
  hearsWebhooks: boolean;
  start(stage: Stage): Promise<void>;
}

const LOOP: Seller = {
  name: "the guide's loop",
  hearsWebhooks: false,
  async start(stage) {
    await stage.program(path.join(PEERS, 'bare/loop.ts'), {
      MARKET_URL: stage.market.url,
      API_KEY: AGENTS[0].apiKey,
      POLL_EVERY_MS: String(2 * MINUTE_MS),
    });
  },
};

const product = (hearsWebhooks: boolean): Seller => ({
  name: hearsWebhooks ? 'product, with webhooks' : 'product, without webhooks',
  hearsWebhooks,
  async start(stage) {
    for (const name of ['ingestor', 'generation-worker', 'delivery-worker'] as const) {
      await stage.app(name, {
        BUDGET_CALLS: String(CEILING),
        BUDGET_WINDOW_SECONDS: String(WINDOW_SECONDS),
        POLL_INTERVAL_SECONDS: String((2 * MINUTE_MS) / 1000),
        POLL_STRETCH_SECONDS: String((15 * MINUTE_MS) / 1000),
      });
    }
  },
});

const SELLERS = [LOOP, product(false), product(true)];
const RATES = [15, 30];
const ROWS = RATES.flatMap((rate) =>
  SELLERS.map((seller) => ({ rate, seller, row: `${rate} orders/h, ${seller.name}` })),
);

export const budget: Measure = {
  name: 'budget',
  title: 'Orders delivered out of one window of 30 calls',
  how:
    `The marketplace keeps one counter for the address. An hour of the counter takes ${WINDOW_SECONDS} s, and all intervals shrink with it. ` +
    'Paid orders arrive evenly, each at a random moment of its turn, at the same moments for all sellers. After a first hour, the next two ' +
    'windows of the marketplace count. They may contain one order more or less than the rate, so the target is half an order lower. ' +
    'Each seller has a marketplace of its own, and all of them run at once. A delivery or quote is needlessly refused if its window ' +
    'contains a poll or message that could have waited for the last half minute. A poll that found ' +
    'unknown orders could not have waited. Refusals in the last half minute do not count.',
  figures: ROWS.flatMap(({ rate, seller, row }): Figure[] => [
    {
      what: `${row}: delivered`,
      unit: 'a window',
      ...(seller.hearsWebhooks ? { target: atLeast(Math.min(rate, CEILING) - AT_THE_EDGES) } : {}),
    },
    { what: `${row}: messages`, unit: 'a window' },
    { what: `${row}: polls`, unit: 'a window' },
    { what: `${row}: refused deliveries`, unit: 'a window' },
    {
      what: `${row}: needlessly refused`,
      unit: 'a window',
      ...(seller === LOOP ? {} : { target: none }),
    },
  ]),
  runs: 3,
  async run({ quick, log }) {
    const hours = quick ? 1 : 2;
    const rows = await Promise.all(
      ROWS.map(async ({ rate, seller, row }): Promise<Values> => {
        const windows = await sell(seller, rate, hours);
        const calls = windows.flatMap((window) => window.calls);
        const count = (which: (call: CountedCall) => boolean) => calls.filter(which).length / hours;
        const done = (endpoint: string) => count((call) => call.endpoint === endpoint && !call.isRefused);
        const needless = windows.flatMap((window) =>
          needlessRefusals(window, { windowMs: WINDOW_MS, ceiling: CEILING }),
        );
        const delivered = done('orders.deliver');
        log(`${row}: ${delivered} delivered`);
        return {
          [`${row}: delivered`]: delivered,
          [`${row}: messages`]: done('orders.sendMessage'),
          [`${row}: polls`]: done('orders.listForAgent'),
          [`${row}: refused deliveries`]: count(({ earns, isRefused }) => earns && isRefused),
          [`${row}: needlessly refused`]: needless.length / hours,
        };
      }),
    );
    return Object.assign({}, ...rows) as Values;
  },
  chart: (values) => ({
    kind: 'bars',
    values: 'orders delivered in a window',
    places: 'orders placed in an hour',
    marks: ROWS.map(({ rate, seller, row }) => ({
      of: seller.name,
      at: `${rate}`,
      value: values[`${row}: delivered`] ?? 0,
    })),
  }),
};

/** A call that the marketplace counts or rejects, with the data of its window. */
interface CountedCall extends Call {
  isRefused: boolean;
  earns: boolean;
  couldWait: boolean;
}

/**
 * Runs a seller until this many windows have passed that began after the first hour.
 * @returns the calls of each window.
 */
async function sell(seller: Seller, rate: number, windows: number): Promise<MarketWindow<CountedCall>[]> {
  await using stage = await openStage();
  const { market, agentId } = stage;
  await market.sandbox.put('/sandbox/rate-limit', { mode: 'shared', window_ms: WINDOW_MS });
  if (!seller.hearsWebhooks)
    await market.sandbox.put('/sandbox/webhooks', { agent_id: agentId, enabled: false });
  const serviceId = await offerService(stage);
  await seller.start(stage);
  const begun = Date.now();
  // The first counted window begins within an hour after the first window. A short gap lies between
  // two windows.
  const end = begun + (windows + 2.2) * WINDOW_MS;
  const moment = seededRandom(rate);
  for (let order = 0; ; order += 1) {
    const at = begun + ((order + moment()) * WINDOW_MS) / rate;
    if (at >= end) break;
    await delay(Math.max(0, at - Date.now()));
    await placeOrder(stage, serviceId, 'x402');
  }
  await delay(Math.max(0, end - Date.now()));
  const unheard = seller.hearsWebhooks ? [] : [...(await since(stage, 'paid')).values()];
  const all = windowsOf(countedCalls(await callsOf(stage), unheard), WINDOW_MS);
  const passed = all.filter((window) => window.begun >= begun + WINDOW_MS && window.begun + WINDOW_MS <= end);
  if (passed.length < windows) throw new Error(`${seller.name}: only ${passed.length} windows passed.`);
  return passed.slice(0, windows);
}

/** @param unheard the payment times of orders without a webhook. */
function countedCalls(calls: readonly Call[], unheard: readonly number[]): CountedCall[] {
  let polledAt = Number.NEGATIVE_INFINITY;
  return calls
    .filter(({ endpoint }) => COUNTED.includes(endpoint))
    .map((call) => {
      const { at, endpoint } = call;
      const isRefused = call.status === 429;
      const isPoll = endpoint === 'orders.listForAgent';
      const before = polledAt;
      if (isPoll && !isRefused) polledAt = at;
      const foundOrders = isPoll && unheard.some((time) => time > before && time <= at);
      const earns = EARNING.includes(endpoint);
      return { ...call, isRefused, earns, couldWait: !earns && !foundOrders };
    });
}
