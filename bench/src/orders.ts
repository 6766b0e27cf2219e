import { setTimeout as delay } from 'node:timers/promises';
import { waitFor } from '@fulfillment/processes';
import type { HistoryCall } from '@fulfillment/tests/harness/sandbox';
import type { Queue } from 'bullmq';
import type { Stage } from './stage.ts';

const PATIENCE_MS = 300_000;
/** Concurrent control calls. */
const BUYERS = 16;

/** Runs `work` for each item, with a limit on concurrency. */
export async function each<T>(
  items: readonly T[],
  atOnce: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const left = items.values();
  const worker = async () => {
    for (const item of left) await work(item);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

/** Creates a service with a fixed price. @returns its id. */
export async function offerService({ market, agentId }: Stage): Promise<string> {
  const service = await market.sandbox.post<{ id: string }>('/sandbox/services', {
    agent_id: agentId,
    title: 'Bench',
    price_type: 'fixed',
    price_usd: '20.00',
  });
  return service.id;
}

/**
 * How an order is placed. A `service` order is not paid yet. An `x402` order is paid from the
 * start.
 */
type Kind = 'service' | 'x402';

/** Places an order. @returns its id. */
export async function placeOrder({ market }: Stage, serviceId: string, kind: Kind): Promise<string> {
  const order = await market.sandbox.post<{ id: string }>('/sandbox/orders', {
    service_id: serviceId,
    kind,
    brief: 'A small thing to measure.',
  });
  return order.id;
}

/** Places many orders of one service. @returns their ids. */
export async function placeOrders(stage: Stage, count: number, kind: Kind = 'service'): Promise<string[]> {
  const serviceId = await offerService(stage);
  const ids: string[] = [];
  await each(Array.from({ length: count }), BUYERS, async () => {
    ids.push(await placeOrder(stage, serviceId, kind));
  });
  return ids;
}

/** Pays orders as fast as the marketplace accepts payments. */
export function payAll(stage: Stage, ids: readonly string[]): Promise<void> {
  return each(ids, BUYERS, (id) => payOrder(stage, id));
}

export async function payOrder({ market }: Stage, id: string): Promise<void> {
  await market.sandbox.post(`/sandbox/orders/${id}/pay`);
}

/** Begins `work` for each item at a fixed rate. @returns when all of it is done. */
export async function atPace<T>(
  items: readonly T[],
  perSecond: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const begun = performance.now();
  const working: Promise<void>[] = [];
  for (const [index, item] of items.entries()) {
    await delay(Math.max(0, begun + (index * 1000) / perSecond - performance.now()));
    working.push(work(item));
  }
  await Promise.all(working);
}

/** A call that the marketplace received. `at`: ms since the epoch. */
export type Call = HistoryCall & { at: number };

interface History {
  calls: Call[];
  states: { order_id: string; status: string; at: number }[];
}

/** The calls that the marketplace received, or only those of a named endpoint. */
export async function callsOf({ market }: Stage, endpoint?: string): Promise<Call[]> {
  const query = endpoint === undefined ? '' : `?endpoint=${endpoint}`;
  const { calls } = await market.sandbox.get<History>(`/sandbox/history${query}`);
  return calls;
}

/** Waits until this many calls of an endpoint took effect. @returns all calls of the endpoint. */
export async function untilCalled(stage: Stage, endpoint: string, count: number): Promise<Call[]> {
  return waitFor(
    `${count} calls of ${endpoint}`,
    async () => {
      const calls = await callsOf(stage, endpoint);
      return calls.filter((call) => call.took_effect).length >= count ? calls : null;
    },
    { timeoutMs: PATIENCE_MS, intervalMs: 250 },
  );
}

/**
 * Waits until this many orders are delivered. The marketplace's state costs it far less than its
 * history, so the wait hardly slows a measured program.
 */
export async function untilDelivered({ market }: Stage, count: number): Promise<void> {
  await waitFor(
    `${count} orders to be delivered`,
    async () =>
      (await market.sandbox.get<{ delivered: number }>('/sandbox/state')).delivered >= count || null,
    { timeoutMs: PATIENCE_MS, intervalMs: 250 },
  );
}

/** The time at which each order reached a status, in ms since the epoch, by id. */
export async function since({ market }: Stage, status: string): Promise<Map<string, number>> {
  const { states } = await market.sandbox.get<History>('/sandbox/history?endpoint=none');
  return new Map(states.filter((state) => state.status === status).map(({ order_id, at }) => [order_id, at]));
}

/** The queues that an order passes through. */
export const WORK_QUEUES = ['orders', 'generation', 'delivery', 'messages'] as const;

/**
 * Waits until this many orders are known, each has been decided once, and no job of ours waits or
 * runs. The last condition matters because the jobs of a rush of webhooks come late.
 */
export async function quiet({ view }: Stage, orders: number): Promise<void> {
  await waitFor(
    `${orders} orders to be known and decided`,
    async () => {
      const known = await view.store.index.list('all', 0, orders);
      return (known.length === orders && known.every(({ stage }) => stage !== 'unseen')) || null;
    },
    { timeoutMs: PATIENCE_MS, intervalMs: 250 },
  );
  await untilEmpty(WORK_QUEUES.map((name) => view.queues.get(name)));
}

/** Waits until this many orders wait for their generation. */
export async function untilGenerationWaits(
  { view }: Stage,
  orders: number,
  timeoutMs = PATIENCE_MS,
): Promise<void> {
  const generation = view.queues.get('generation');
  await waitFor(
    `${orders} orders to wait`,
    async () => (await generation.getJobCountByTypes('prioritized')) >= orders || null,
    { timeoutMs, intervalMs: 250 },
  );
}

/** Waits until no job of these queues waits or runs. */
export async function untilEmpty(queues: readonly Queue[]): Promise<void> {
  await waitFor(
    'the queues to be empty',
    async () => {
      const counts = await Promise.all(
        queues.map((queue) => queue.getJobCountByTypes('wait', 'active', 'delayed', 'prioritized')),
      );
      return counts.every((count) => count === 0) || null;
    },
    { timeoutMs: PATIENCE_MS, intervalMs: 50 },
  );
}
