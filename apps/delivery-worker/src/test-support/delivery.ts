import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { type ArtifactStore, localDisk } from '@fulfillment/artifacts';
import {
  newOrder,
  openRuntime,
  orderRow,
  type TestRuntimeOptions,
  until,
} from '@fulfillment/platform/test-support';
import {
  type Deliverable,
  decide,
  type Fact,
  type FactOf,
  type FactType,
  factsOf,
  jobFor,
  type OrderRecord,
  type OrderRef,
  type Recorded,
  type Step,
} from '@fulfillment/shared';
import type { Job } from 'bullmq';
import { startDelivery } from '../delivery.ts';
import type { Delivery } from '../dependencies.ts';
import { type Trade, trade } from './trade.ts';

/**
 * The app on a real Redis and a marketplace on loopback that keeps orders, with helpers for tests.
 * An order whose write may still take effect is locked for 3 s. Two reads half a second apart must
 * agree that a write had no effect.
 */
export async function openDelivery(options: TestRuntimeOptions = {}) {
  const env = {
    MARKETPLACE_TIMEOUT_SECONDS: '2',
    DELIVER_EFFECT_SECONDS: '2',
    READS_AGREE_SECONDS: '0.5',
    ...options.env,
  };
  const base = await openRuntime({ ...options, env });
  const { runtime, market, policy } = base;
  const folder = await mkdtemp(path.join(os.tmpdir(), 'delivery-'));
  const artifacts = localDisk({ folder });
  const delivery: Delivery = { runtime, artifacts };
  startDelivery(delivery, 4);

  /** Places a new order on the marketplace, records these facts, and adds the order's jobs. */
  const place = async (fields: Record<string, unknown> = {}, facts: Fact[] = []): Promise<Trade> => {
    const ref = newOrder();
    const opened = trade(market, ref, orderRow(ref.orderId, { provider_agent_id: ref.agentId, ...fields }));
    await poke(ref, facts);
    return opened;
  };
  /** Pokes the order as a webhook does: the order is read, and the jobs that it needs are added. */
  const poke = async (ref: OrderRef, facts: Fact[] = []) => {
    await runtime.store.hint(ref, facts);
    await runtime.reconciler.reconcile(ref);
  };
  const record = async (ref: OrderRef): Promise<OrderRecord> => {
    const found = await runtime.store.load(ref);
    if (found === null) throw new Error('There is no record.');
    return found;
  };
  const facts = async <T extends FactType>(ref: OrderRef, type: T) => factsOf(await record(ref), type);
  const untilFact = <T extends FactType>(ref: OrderRef, type: T): Promise<Recorded<FactOf<T>>> =>
    until(`the fact ${type}`, async () => (await facts(ref, type)).at(-1));
  const job = async (ref: OrderRef, step: Step): Promise<Job> => {
    const { queue, jobId } = jobFor(ref, step);
    return until(`the job ${jobId}`, () => runtime.queues.get(queue).getJob(jobId));
  };
  const untilState = (of: Job, state: string) =>
    until(`job ${of.id} to be ${state}`, async () => (await of.getState()) === state);
  /** Waits until a job has completed. */
  const done = async (ref: OrderRef, step: Step) => untilState(await job(ref, step), 'completed');
  /** Waits until a job waits for its next attempt, then runs that attempt at once. */
  const tryAgainNow = async (ref: OrderRef, step: Step) => {
    const waiting = await job(ref, step);
    await untilState(waiting, 'delayed');
    await waiting.promote();
  };
  /** Waits until the order needs attention. Resolves to the reason. */
  const attention = (ref: OrderRef): Promise<string> =>
    until('attention', async () => {
      const { attention } = decide(await record(ref), policy, await runtime.store.now());
      return attention[0]?.reason;
    });

  return {
    ...base,
    folder,
    artifacts,
    /** Replaces the artifact store that the steps work with. */
    setStore: (store: ArtifactStore) => {
      delivery.artifacts = store;
    },
    place,
    poke,
    record,
    facts,
    untilFact,
    job,
    untilState,
    done,
    tryAgainNow,
    attention,
    async [Symbol.asyncDispose]() {
      await base[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export const DELIVER: Step = { name: 'deliver', round: '0', attempt: 0 };
export const SILENT = {
  messages: {
    delivered: null,
    revised: null,
    dispute_received: null,
    ask_feedback: null,
    delayed: null,
    refused: null,
  },
};

/** Round `round` is generated, with these URLs to deliver. */
export function generated(round: string, ...urls: string[]): Fact {
  const products = urls.map((url): Deliverable => ({ url, mediaType: 'image' }));
  return { type: 'generated', round, handler: 'painter', draft: 0, review: false, products };
}
