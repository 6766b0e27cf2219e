import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { type ArtifactStore, localDisk } from '@fulfillment/artifacts';
import { defineHandler, type Handler, type HandlerInput } from '@fulfillment/handlers';
import {
  newOrder,
  openRuntime,
  orderRow,
  type TestRuntimeOptions,
  until,
} from '@fulfillment/platform/test-support';
import {
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
import { startGeneration } from '../generation.ts';

export interface GenerationOptions extends TestRuntimeOptions {
  publicUrl?: string;
  concurrency?: number;
  /** Default: a folder on this disk. */
  artifacts?: ArtifactStore;
  /** Default: the folder of the default store. */
  artifactsDir?: string;
}

/** The app on a real Redis and a marketplace on loopback, with helpers for tests. */
export async function openGeneration(given: GenerationOptions = {}) {
  const { publicUrl, concurrency = 4, ...options } = given;
  const base = await openRuntime(options);
  const { runtime, market, policy } = base;
  const folder = await mkdtemp(path.join(os.tmpdir(), 'generation-'));
  const handlers: Handler[] = [];
  const artifacts = given.artifacts ?? localDisk({ folder, publicUrl, maxBytes: 100_000 });
  const { artifactsDir = folder } = given;
  await startGeneration({ runtime, handlers, artifacts, artifactsDir, concurrency });

  /** Sets what the marketplace shows of an order from now on. */
  const show = (ref: OrderRef, fields: Record<string, unknown>) => {
    const order = orderRow(ref.orderId, { provider_agent_id: ref.agentId, ...fields });
    market.answers[`GET /api/orders/${ref.orderId}`] = { data: { order, deliverables: [] } };
  };
  /** Pokes the order as a webhook does: the order is read, and the jobs that it needs are added. */
  const poke = async (ref: OrderRef, facts: Fact[] = []) => {
    await runtime.store.hint(ref, facts);
    await runtime.reconciler.reconcile(ref);
  };
  /** A new order of a service. */
  const place = async (serviceId: string, fields: Record<string, unknown> = {}, facts: Fact[] = []) => {
    const ref = newOrder();
    show(ref, { service_id: serviceId, ...fields });
    await poke(ref, facts);
    return ref;
  };
  /** A new order, and a handler for it alone. */
  const placeFor = async (
    handler: Partial<HandlerInput> & { name: string },
    fields: Record<string, unknown> = {},
    facts: Fact[] = [],
  ) => {
    const serviceId = `srv_${handlers.length}`;
    handlers.push(defineHandler({ match: { serviceId }, generate: () => [], ...handler }));
    return place(serviceId, fields, facts);
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
  /** Waits until a job waits for its next attempt, then runs that attempt at once. */
  const tryAgainNow = async (ref: OrderRef, step: Step) => {
    const waiting = await job(ref, step);
    await until('the job to wait for its next try', () => waiting.isDelayed());
    await waiting.promote();
  };
  /** Makes the facts of a type look this much older. */
  const makeOlder = async (ref: OrderRef, type: FactType, ms: number) => {
    const key = runtime.keys.record(ref);
    const fields = Object.entries(await runtime.redis.hgetall(key)).filter(([name]) =>
      name.startsWith(`fact:${type}:`),
    );
    for (const [name, value] of fields) {
      await runtime.redis.hset(
        key,
        name,
        value.replace(/^\d+/, (at) => String(Number(at) - ms)),
      );
    }
  };
  /** Waits until the order needs attention. Resolves to the reason. */
  const attention = (ref: OrderRef): Promise<string> =>
    until(
      'attention',
      async () => decide(await record(ref), policy, await runtime.store.now()).attention[0]?.reason,
    );

  return {
    ...base,
    folder,
    handlers,
    show,
    poke,
    place,
    placeFor,
    record,
    facts,
    untilFact,
    job,
    tryAgainNow,
    makeOlder,
    attention,
    async [Symbol.asyncDispose]() {
      await base[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export const GENERATE: Step = { name: 'generate', round: '0', attempt: 0 };
export const PRICE: Step = { name: 'price', round: '0', attempt: 0 };
