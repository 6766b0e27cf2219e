import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { needlessRefusals, randomFrom } from '@fulfillment/platform/test-support';
import { AGENTS } from '@fulfillment/tests/harness/agents';
import { atLeast, type Figure, type Measure, none, type Values } from '../measure.ts';
import { type Call, callsOf, offerService, placeOrder, since } from '../orders.ts';
import { openStage, type Stage } from '../stage.ts';

/** The marketplace's window of an hour, in so many seconds. */
const WINDOW_SECONDS = 60;
const WINDOW_MS = WINDOW_SECONDS * 1000;
/** How much faster than in life time passes: an hour in a window. */
const MINUTE_MS = WINDOW_MS / 60;
const CEILING = 30;
/** The calls that the marketplace counts, and those of them that earn money. */
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
    await stage.program(path.join(import.meta.dirname, '../bare/loop.ts'), {
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
    `One counter for the address, as the marketplace keeps it; its hour takes ${WINDOW_SECONDS} s, and all intervals are as short. Paid orders come in ` +
    'evenly, each at a random moment of its turn, the same for all. After a first hour the next two are counted. Each seller has a marketplace of its own, ' +
    'and all of them run at once. A delivery (or quote) counts as needlessly refused when a poll or message that could have waited was among the 30 calls ' +
    "that had used up its window: any could have waited for the window's last half minute, in which a refusal does not count, but a poll that found " +
    'orders of which nobody had told.',
  figures: ROWS.flatMap(({ rate, seller, row }): Figure[] => [
    {
      what: `${row}: delivered`,
      unit: 'orders/h',
      ...(seller.hearsWebhooks ? { target: atLeast(Math.min(rate, CEILING)) } : {}),
    },
    { what: `${row}: messages`, unit: 'an hour' },
    { what: `${row}: polls`, unit: 'an hour' },
    { what: `${row}: refused deliveries`, unit: 'an hour' },
    {
      what: `${row}: needlessly refused`,
      unit: 'an hour',
      ...(seller === LOOP ? {} : { target: none }),
    },
  ]),
  runs: 3,
  async run({ quick, log }) {
    const hours = quick ? 1 : 2;
    const rows = await Promise.all(
      ROWS.map(async ({ rate, seller, row }): Promise<Values> => {
        const { calls, needless } = await sell(seller, rate, hours);
        const count = (which: (call: Call) => boolean) => calls.filter(which).length / hours;
        const done = (endpoint: string) => count((call) => call.endpoint === endpoint && call.took_effect);
        const delivered = done('orders.deliver');
        log(`${row}: ${delivered} delivered`);
        return {
          [`${row}: delivered`]: delivered,
          [`${row}: messages`]: done('orders.sendMessage'),
          [`${row}: polls`]: count((call) => call.endpoint === 'orders.listForAgent' && call.status === 200),
          [`${row}: refused deliveries`]: count(
            (call) => EARNING.includes(call.endpoint) && call.status === 429,
          ),
          [`${row}: needlessly refused`]: needless / hours,
        };
      }),
    );
    return Object.assign({}, ...rows) as Values;
  },
  chart: (values) => ({
    kind: 'bars',
    values: 'orders delivered in an hour',
    places: 'orders placed in an hour',
    marks: ROWS.map(({ rate, seller, row }) => ({
      of: seller.name,
      at: `${rate}`,
      value: values[`${row}: delivered`] ?? 0,
    })),
  }),
};

interface Sold {
  /** What was called in the hours that count. */
  calls: Call[];
  /** How many deliveries were needlessly refused in them. */
  needless: number;
}

/** Has a seller work for an hour, and then for those that count. */
async function sell(seller: Seller, rate: number, hours: number): Promise<Sold> {
  await using stage = await openStage();
  const { market, agentId } = stage;
  await market.sandbox.put('/sandbox/rate-limit', { mode: 'shared', window_ms: WINDOW_MS });
  if (!seller.hearsWebhooks)
    await market.sandbox.put('/sandbox/webhooks', { agent_id: agentId, enabled: false });
  const serviceId = await offerService(stage);
  await seller.start(stage);
  const begun = Date.now();
  const moment = randomFrom(rate);
  for (let order = 0; order < rate * (hours + 1); order += 1) {
    await delay(Math.max(0, begun + ((order + moment()) * WINDOW_MS) / rate - Date.now()));
    await placeOrder(stage, serviceId, 'x402');
  }
  const end = begun + (hours + 1) * WINDOW_MS;
  await delay(Math.max(0, end - Date.now()));
  const counts = ({ at }: { at: number }) => at >= begun + WINDOW_MS && at < end;
  const calls = await callsOf(stage);
  const paid = seller.hearsWebhooks ? [] : [...(await since(stage, 'paid')).values()];
  return { calls: calls.filter(counts), needless: needlessCalls(calls, paid).filter(counts).length };
}

/** @param paid when orders were paid that no webhook told of. */
function needlessCalls(calls: readonly Call[], paid: readonly number[]) {
  let polledAt = Number.NEGATIVE_INFINITY;
  const counted = calls
    .filter(({ endpoint }) => COUNTED.includes(endpoint))
    .map(({ at, endpoint, status }) => {
      const isRefused = status === 429;
      const isPoll = endpoint === 'orders.listForAgent';
      const since = polledAt;
      if (isPoll && !isRefused) polledAt = at;
      const foundOrders = isPoll && paid.some((time) => time > since && time <= at);
      const earns = EARNING.includes(endpoint);
      return { at, isRefused, earns, couldWait: !earns && !foundOrders };
    });
  return needlessRefusals(counted, { windowMs: WINDOW_MS, ceiling: CEILING });
}
