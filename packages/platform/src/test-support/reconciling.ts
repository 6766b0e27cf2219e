import { jobFor, type OrderRef, type Policy, policySchema, type Step } from '@fulfillment/shared';
import { Budget } from '../budget/budget.ts';
import { Queues } from '../jobs/queues.ts';
import { Agents } from '../marketplace/agents.ts';
import { Marketplace } from '../marketplace/marketplace.ts';
import { ReadLag } from '../marketplace/read-lag.ts';
import { Services } from '../marketplace/services.ts';
import { Reconciler } from '../reconcile/reconciler.ts';
import type { LoadedRecord } from '../record-store/loaded-record.ts';
import { RecordStore } from '../record-store/record-store.ts';
import { type FakeMarket, openMarket, orderRow } from './market.ts';
import { newOrder, openScratch, type Scratch } from './scratch.ts';

/** A reconciler over a real Redis and a fake marketplace, with one current order. */
export interface Reconciling extends AsyncDisposable, Pick<Scratch, 'redis' | 'keys' | 'log' | 'lines'> {
  market: FakeMarket;
  store: RecordStore;
  queues: Queues;
  marketplace: Marketplace;
  services: Services;
  policy: Policy;
  reconciler: Reconciler;
  /** Makes a new order the current one, and forgets the calls so far. */
  nextOrder(): OrderRef;
  /** Sets how the marketplace shows the current order from now on. */
  shows(fields: Record<string, unknown>): void;
  /** The state of the job of a step of the current order. */
  stateOf(step: Step): Promise<string>;
  /** The record of the current order. */
  recorded(): Promise<LoadedRecord>;
  /** How often the current order was read. */
  reads(): number;
}

export async function openReconciling(): Promise<Reconciling> {
  const [scratch, market] = await Promise.all([openScratch(), openMarket()]);
  const { redis, keys, log, lines } = scratch;
  market.answers['GET /api/agents/me'] = { data: { id: 'agt_1', endpoint_url: null } };
  const agents = new Agents([{ name: 'one', apiKey: 'atelier_one' }], { baseUrl: market.url }, { log });
  await agents.identify(new AbortController().signal);
  const store = new RecordStore(redis, keys);
  const queues = new Queues(redis, keys.bull, log);
  const nothingOwed = async () => ({ waiting: 0, generating: 0 });
  const budget = new Budget(redis, keys, { egressId: 'e', limits: { windowSeconds: 3600, deliveries: 30 } });
  const marketplace = new Marketplace(agents, budget, { countOwed: nothingOwed, log });
  const policy = policySchema.parse({ feedbackGraceSeconds: 0 });
  const services = new Services(redis, keys, { marketplace, log });
  const readLag = new ReadLag(redis, keys);
  const reconciler = new Reconciler({ store, queues, marketplace, services, readLag, policy, log });
  let ref = newOrder();
  return {
    redis,
    keys,
    log,
    lines,
    market,
    store,
    queues,
    marketplace,
    services,
    policy,
    reconciler,
    nextOrder() {
      ref = newOrder();
      market.calls.length = 0;
      return ref;
    },
    shows(fields) {
      const data = { order: orderRow(ref.orderId, fields), deliverables: [] };
      market.answers[`GET /api/orders/${ref.orderId}`] = { data };
    },
    stateOf(step) {
      const { queue, jobId } = jobFor(ref, step);
      return queues.get(queue).getJobState(jobId);
    },
    async recorded() {
      const record = await store.load(ref);
      if (record === null) throw new Error(`There is no record of order ${ref.orderId}.`);
      return record;
    },
    reads: () => market.calls.filter(({ path }) => path === `/api/orders/${ref.orderId}`).length,
    async [Symbol.asyncDispose]() {
      await queues.close();
      await market[Symbol.asyncDispose]();
      await scratch[Symbol.asyncDispose]();
    },
  };
}
