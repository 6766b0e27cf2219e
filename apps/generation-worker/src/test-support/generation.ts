import { type ArtifactStore, localDisk } from '@fulfillment/artifacts';
import { defineHandler, type Handler, type HandlerInput } from '@fulfillment/handlers';
import { newOrder, openStepApp, orderRow, type TestRuntimeOptions } from '@fulfillment/platform/test-support';
import { inlineRunner } from '@fulfillment/runner';
import type { Fact, FactType, OrderRef, Step } from '@fulfillment/shared';
import { startGeneration } from '../generation.ts';

export interface GenerationOptions extends TestRuntimeOptions {
  publicUrl?: string;
  concurrency?: number;
  reviewWithinMs?: number;
  /** Default: a folder on this disk. */
  artifacts?: ArtifactStore;
  /** Default: the folder of the default store. */
  artifactsDir?: string;
}

/** The app on a real Redis and a marketplace on loopback, with helpers for tests. */
export async function openGeneration(given: GenerationOptions = {}) {
  const { publicUrl, concurrency = 4, reviewWithinMs = 30_000, ...options } = given;
  const app = await openStepApp(options);
  const { runtime, market, folder, poke } = app;
  const handlers: Handler[] = [];
  let services = 0;
  const artifacts = given.artifacts ?? localDisk({ folder, publicUrl, maxBytes: 100_000 });
  const { artifactsDir = folder } = given;
  const runner = inlineRunner(handlers, app.policy);
  await startGeneration({ runtime, runner, artifacts, artifactsDir, concurrency, reviewWithinMs });

  /** Sets what the marketplace shows of an order from now on. */
  const show = (ref: OrderRef, fields: Record<string, unknown>) => {
    const order = orderRow(ref.orderId, { provider_agent_id: ref.agentId, ...fields });
    market.answers[`GET /api/orders/${ref.orderId}`] = { data: { order, deliverables: [] } };
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
    const serviceId = `srv_${services}`;
    services += 1;
    // A configuration has one handler of each name.
    const sameName = handlers.findIndex(({ name }) => name === handler.name);
    const defined = defineHandler({ match: { serviceId }, generate: () => [], ...handler });
    handlers.splice(sameName < 0 ? handlers.length : sameName, 1, defined);
    return place(serviceId, fields, facts);
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
  /** The service of the last order that was placed for a handler of its own. */
  const lastServiceId = () => `srv_${services - 1}`;
  return { ...app, artifactsDir, handlers, show, place, placeFor, lastServiceId, makeOlder };
}

export const GENERATE: Step = { name: 'generate', round: '0', attempt: 0 };
export const PRICE: Step = { name: 'price', round: '0', attempt: 0 };
