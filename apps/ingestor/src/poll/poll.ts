import { AuthenticationError } from '@atelier-ai/sdk';
import {
  classify,
  describeError,
  type IngestorSettings,
  type RecordStore,
  type Runtime,
  waitingFor,
} from '@fulfillment/platform';
import {
  mergeSnapshots,
  type OrderRef,
  type OrderSnapshot,
  type OrderStatus,
  overwrittenFact,
  owedRound,
  parseOrder,
  STATUSES_TO_POLL,
  UnreadableOrderError,
  unknownDeliveries,
} from '@fulfillment/shared';
import { learnFromAbsent, noteAbsent, readList } from './list-pages.ts';
import { isDue, notePoll, yieldingOf } from './poll-pace.ts';

/**
 * Longer than a poll usually takes. Two polls at once are wasteful but harmless. If an ingestor
 * dies, its lock ends after this time.
 */
const POLL_LOCK_MS = 60_000;
/**
 * How often an agent's services are read, because an operator may have changed them. An unknown
 * service is read at once.
 */
const SERVICES_EVERY_MS = 15 * 60_000;

/**
 * Polls one agent, with one list call for every status that waits for the seller, or one for each
 * page if the list has pages. New or changed orders are poked. Orders that the last list had and
 * this list lacks are poked, too. Only one poll of an agent runs at a time.
 */
export async function poll(runtime: Runtime, settings: IngestorSettings, agentId: string): Promise<void> {
  const { log, store, stopping, redis, keys } = runtime;
  if (
    stopping.aborted ||
    !(await isOurs(runtime, settings, agentId)) ||
    !(await isDue(runtime, settings, agentId))
  )
    return;
  const work = runtime.locked(`poll:${agentId}`, POLL_LOCK_MS, async () => {
    await refreshServices(runtime, agentId);
    await learnFromAbsent(runtime, agentId);
    const askedAt = await store.now();
    const yielding = await yieldingOf(runtime, settings, agentId);
    const statuses = await statusesToAskFor(runtime, agentId, askedAt);
    const { rows, isComplete } = await readList(runtime, agentId, { statuses, yielding });
    const listed = readListed(runtime, agentId, rows).filter(waitsForSeller);
    const changed = await observeAll(runtime, agentId, listed, askedAt);
    const gone = isComplete ? await noLongerListed(runtime, agentId, listed) : [];
    await pokeAll(runtime, changed, gone);
    if (isComplete) {
      const orderIds = gone.map(({ orderId }) => orderId);
      await noteAbsent(runtime, agentId, { orderIds, length: rows.length, askedAt });
    }
    // The next list may leave the delivered orders out, and they are not gone then.
    const isListedAgain = ({ status }: OrderSnapshot) => status !== 'delivered';
    await rememberListed(runtime, agentId, { listed: listed.filter(isListedAgain), isComplete });
    // A poll that lacks a page is not done, so the next tick polls again.
    if (isComplete) {
      await notePoll(runtime, agentId, changed.length);
      if (statuses.includes('delivered'))
        await redis.hset(keys.polling(agentId), 'deliveredAskedAt', askedAt);
    }
    log.info(
      { agentId, listed: listed.length, changed: changed.length, gone: gone.length, isComplete },
      'polled',
    );
  });
  await work.catch(async (error: unknown) => {
    await noteRejectedKey(runtime, agentId, error);
    const failure = classify(error);
    if (failure.kind !== 'throttled') throw error;
    log.info({ agentId, reason: failure.reason }, 'poll left to the next tick');
  });
}

/**
 * How often a poll also asks for delivered orders, since such an order may still need its delivery.
 * In ms.
 */
const DELIVERED_EVERY_MS = 60 * 60_000;

/**
 * An order whose workspace expired is `delivered` without a delivery. The product may never have
 * seen the order, so the first poll and one poll an hour ask for delivered orders, too, in the same
 * call. Not every poll does, since a busy seller has very many delivered orders.
 */
async function statusesToAskFor(
  { redis, keys }: Runtime,
  agentId: string,
  now: number,
): Promise<OrderStatus[]> {
  const askedAt = Number((await redis.hget(keys.polling(agentId), 'deliveredAskedAt')) ?? 0);
  return now - askedAt < DELIVERED_EVERY_MS ? [...STATUSES_TO_POLL] : [...STATUSES_TO_POLL, 'delivered'];
}

/** Delivered orders in review wait for the buyer, and are left out. */
function waitsForSeller(order: OrderSnapshot): boolean {
  return order.status !== 'delivered' || owedRound(order) !== null;
}

/** The admin pages and metrics show an agent whose key the marketplace rejects. */
async function noteRejectedKey(
  { agents, registry }: Runtime,
  agentId: string,
  error: unknown,
): Promise<void> {
  const name = agents.find(agentId)?.name;
  if (name !== undefined && error instanceof AuthenticationError) await registry.noteRejected(name, agentId);
}

/**
 * An agent that no ingestor has served for this long, and for this many ticks, was taken out of the
 * configuration. In ms.
 */
const UNSERVED_MS = 24 * 3600_000;
/**
 * How long after an agent was last served, and for how many ticks, the agent is left to the process
 * that served it. Then for how long the tick is left to that process at a time. In ms.
 */
const SERVED_MS = 10 * 60_000;
const SERVED_TICKS = 5;
const ELSEWHERE_MS = 5000;

/**
 * Whether the agent belongs to this process. Another process may have other agents, and gets the
 * tick then. When an agent has been unserved for long enough, its job scheduler is removed.
 * @throws StepError (throttled) while the answer is not known, or so that the other process can
 * take the tick.
 */
async function isOurs(
  { agents, redis, keys, queues, log }: Runtime,
  settings: IngestorSettings,
  agentId: string,
): Promise<boolean> {
  const key = keys.polling(agentId);
  if (agents.find(agentId) !== undefined) {
    await redis.hset(key, 'servedAt', Date.now());
    return true;
  }
  if (!agents.isComplete) agents.require(agentId);
  const [servedAt, startedAt] = await redis.hmget(key, 'servedAt', 'startedAt');
  const unservedFor = Date.now() - Math.max(Number(servedAt ?? 0), Number(startedAt ?? 0));
  // The other process may have had none of the last ticks.
  const ticksMs = SERVED_TICKS * settings.POLL_INTERVAL_SECONDS * 1000;
  if (unservedFor < Math.max(SERVED_MS, ticksMs))
    throw waitingFor('another process has this agent', Date.now() + ELSEWHERE_MS);
  if (unservedFor >= Math.max(UNSERVED_MS, ticksMs)) {
    await queues.get('intake').removeJobScheduler(schedulerOf(agentId));
    log.warn({ agentId }, 'no configured agent has this id any more: it is polled no longer');
  }
  return false;
}

/** The name of the job scheduler that polls an agent. */
export function schedulerOf(agentId: string): string {
  return `poll-${agentId}`;
}

/** One order that cannot be read must not stop the others. */
function readListed({ log }: Runtime, agentId: string, rows: unknown[]): OrderSnapshot[] {
  return rows.flatMap((row) => {
    try {
      const order = parseOrder(row);
      if (order.agentId === '' || order.agentId === agentId) return [order];
      log.warn({ agentId, orderId: order.id }, 'the list has an order of another agent: left out');
    } catch (error) {
      if (!(error instanceof UnreadableOrderError)) throw error;
      log.error({ agentId, reason: error.message }, 'the list has an order that cannot be read: left out');
    }
    return [];
  });
}

/**
 * Stores what the list shows.
 * @returns the orders that are new, have another status or revision than before, or have lost our
 * delivery.
 */
async function observeAll(
  { store, log }: Runtime,
  agentId: string,
  listed: readonly OrderSnapshot[],
  askedAt: number,
): Promise<OrderRef[]> {
  const refs = listed.map((order) => ({ agentId, orderId: order.id }));
  const before = await store.index.snapshots(refs);
  const changed: OrderRef[] = [];
  for (const [index, order] of listed.entries()) {
    const ref = { agentId, orderId: order.id };
    const snapshot = mergeSnapshots(before[index] ?? null, order);
    const isChange = await store.observe(ref, { snapshot, askedAt, via: 'poll', hintsAnswered: null });
    if (!isChange && !(await isOverwritten(store, ref, order))) continue;
    changed.push(ref);
    await haveRead(store, ref);
    log.info({ ...ref, status: order.rawStatus, problems: order.problems }, 'order seen');
  }
  return changed;
}

/**
 * Whether the list shows our delivery overwritten (the x402 race). The status may equal the last
 * status that we read, because nobody reads an order between its delivery and the race. Only an
 * order that names a deliverable is loaded.
 */
async function isOverwritten(store: RecordStore, ref: OrderRef, { deliverableUrl }: OrderSnapshot) {
  if ((deliverableUrl ?? null) === null) return false;
  const record = await store.load(ref);
  return record !== null && overwrittenFact(record) !== null;
}

/**
 * The list shows no deliverables. Only the order itself shows whether a delivery of unknown outcome
 * took effect.
 */
async function haveRead(store: RecordStore, ref: OrderRef): Promise<void> {
  const record = await store.load(ref);
  if (record !== null && unknownDeliveries(record).length > 0) await store.hint(ref, []);
}

/** The orders of the last list that this list lacks. They moved on. */
async function noLongerListed(
  { redis, keys }: Runtime,
  agentId: string,
  listed: readonly OrderSnapshot[],
): Promise<OrderRef[]> {
  const before = await redis.smembers(keys.listed(agentId));
  const now = new Set(listed.map((order) => order.id));
  return before.filter((id) => !now.has(id)).map((orderId) => ({ agentId, orderId }));
}

/**
 * Written last, so that the next poll repeats a poll that dies before. Orders missing from a list
 * without its last pages count as still listed.
 */
async function rememberListed(
  { redis, keys }: Runtime,
  agentId: string,
  { listed, isComplete }: { listed: readonly OrderSnapshot[]; isComplete: boolean },
): Promise<void> {
  const key = keys.listed(agentId);
  const change = redis.multi();
  if (isComplete) change.del(key);
  if (listed.length > 0) change.sadd(key, ...listed.map((order) => order.id));
  await change.exec();
}

async function pokeAll(
  { store, queues }: Runtime,
  changed: readonly OrderRef[],
  gone: readonly OrderRef[],
): Promise<void> {
  for (const ref of gone) await store.hint(ref, []);
  await queues.pokeAll([...changed, ...gone], 'poll');
}

async function refreshServices({ redis, keys, services, log }: Runtime, agentId: string): Promise<void> {
  const key = keys.polling(agentId);
  const readAt = Number((await redis.hget(key, 'servicesReadAt')) ?? 0);
  if (Date.now() - readAt < SERVICES_EVERY_MS) return;
  try {
    await services.refresh(agentId);
    await redis.hset(key, 'servicesReadAt', Date.now());
  } catch (error) {
    log.warn(
      { agentId, reason: describeError(error) },
      'the services cannot be read: orders of a new service wait for them',
    );
  }
}
