import { orderConditions } from '@fulfillment/alerts';
import { compareLedger, openLedger } from '@fulfillment/ledger';
import { HandlerTries, type OrderSummary } from '@fulfillment/platform';
import { waitFor } from '@fulfillment/processes';
import { factsOf, QUEUE_NAMES, type QueueName } from '@fulfillment/shared';
import type { HistoryCall, HistoryWebhook, SandboxOrder } from '../../harness/sandbox.ts';
import type { Placed } from '../buyers.ts';
import { resumeWork, retryStopped } from '../disturbances/desk.ts';
import type { Strikes } from '../disturbances/strikes.ts';
import type { Fleet } from '../fleet/fleet.ts';
import { LONGEST_HISTORY } from '../fleet/fleet-settings.ts';
import type { Evidence, JobLeft, OrderEvidence, RecordEvidence } from './evidence.ts';
import { inTurn } from './in-turn.ts';
import { openAlerts } from './judge-alerts.ts';
import { isAtRest } from './judge-order.ts';
import { type LogWatch, lookAround, secretsOf, tracesOf } from './places.ts';

const READY_WITHIN_MS = 30_000;
/** The sweep checks unfinished orders repeatedly. Its pokes appear, and must disappear. */
const EMPTY_WITHIN_MS = 15_000;
/** The group wait, a turn, and two retries of a message. */
const ALERTED_WITHIN_MS = 60_000;
const LOOK_MS = 500;
/** More than any run knows. */
const ALL = 1_000_000;

export interface Played {
  placed: readonly Placed[];
  strikes: Strikes;
  problems: string[];
}

/**
 * Runs every scheduled retry now. If its step was done meanwhile, the retry must do nothing. The
 * same holds for a retry that a human starts from the board.
 */
export async function hurry(fleet: Fleet): Promise<void> {
  const { view } = fleet;
  // Redis may have lost the last second, and with it the second half of an operator's action.
  await resumeWork(fleet);
  await retryStopped(fleet);
  for (const queue of ['generation', 'delivery', 'messages'] as const) {
    await view.queues.get(queue).promoteJobs();
  }
}

/**
 * Waits until every order is at rest, and known to be. It gives up without an error: the judge then
 * judges the orders that are not at rest.
 */
export async function comeToRest(fleet: Fleet, placed: readonly Placed[], limitMs: number): Promise<void> {
  const { market, view } = fleet;
  const isKnown = async (): Promise<boolean> => {
    await hurry(fleet);
    const summaries = await view.store.index.list('all', 0, ALL);
    const statuses = new Map(summaries.map(({ orderId, status }) => [orderId, status]));
    const orders = await inTurn(placed, ({ id }) => market.sandbox.order(id));
    return orders.every((order) => {
      const { id, status } = order.order;
      // An order that Redis lost becomes known again only if it waits for us, or if a webhook
      // reports it.
      const known = statuses.get(id) ?? (fleet.emptiedAt.length > 0 ? status : 'cancelled');
      return isAtRest(order) && known === status;
    });
  };
  await waitFor('everything to come to rest', isKnown, { timeoutMs: limitMs, intervalMs: LOOK_MS }).catch(
    () => undefined,
  );
}

/**
 * Gathers the evidence. It stops the members in order at the end, because their exits are part of
 * the evidence.
 */
export async function collect(fleet: Fleet, played: Played, logs: LogWatch): Promise<Evidence> {
  const { market, view, members, front } = fleet;
  const ready = await inTurn(members, async ({ name, url }) => ({ name, ...(await readiness(url)) }));
  const jobs = (await inTurn(QUEUE_NAMES, (queue) => jobsOf(fleet, queue))).flat();
  const schedulers = await view.queues.get('intake').getJobSchedulers();
  const summaries = await view.store.index.list('all', 0, ALL);
  const orders = await inTurn(played.placed, (one) => orderEvidence(fleet, one, summaries));
  const { calls, webhooks } = await market.sandbox.get<{
    calls: HistoryCall[];
    webhooks: HistoryWebhook[];
  }>('/sandbox/history');
  const needles = [...secretsOf(market.webhookSecrets), ...tracesOf(played.strikes.forgeries)];
  const ledgerDifferences = await compareWithRecords(fleet, summaries);
  const alerts = await alertsAtRest(fleet, summaries);
  const places = await lookAround(fleet, summaries, needles);
  await fleet.stopMembers();
  const placed = new Set(played.placed.map(({ id, plan }) => `${market.agentIds[plan.agent]} ${id}`));
  return {
    orders,
    strangers: summaries
      .filter(({ agentId, orderId }) => !placed.has(`${agentId} ${orderId}`))
      .map(({ orderId }) => orderId),
    calls,
    webhooks,
    isHistoryWhole: Math.max(calls.length, webhooks.length) < LONGEST_HISTORY,
    jobs,
    schedulers: {
      found: schedulers.filter(({ next }) => next !== undefined).map(({ key }) => key),
      expected: ['sweep', ...Object.values(market.agentIds).map((id) => `poll-${id}`)],
    },
    places: [...places, ...logs.places()],
    strikes: played.strikes,
    ledgerDifferences,
    redisKills: fleet.redisKills(),
    redisMisbehaviours: fleet.redisMisbehaviours,
    emptiedAt: fleet.emptiedAt,
    members: ready,
    exits: [...fleet.exits],
    served: front.served,
    alerts,
    problems: played.problems,
  };
}

/**
 * The messages about alerts, and the alerts that must be open. Gives the system time to send the
 * last messages.
 */
async function alertsAtRest(
  { alerts: { messages }, emptiedAt, view }: Fleet,
  summaries: readonly OrderSummary[],
): Promise<Evidence['alerts']> {
  const tries = await new HandlerTries(view.redis, view.keys).recent();
  const expected = new Set(orderConditions(summaries, Date.now(), tries).map(({ alert }) => alert));
  const evidence = { messages: [...messages], expected: [...expected] };
  const isSettled = async (): Promise<boolean> => {
    evidence.messages = [...messages];
    return openAlerts(evidence, emptiedAt.at(-1) ?? 0).length === 0;
  };
  await waitFor('the alerts to be sent', isSettled, {
    timeoutMs: ALERTED_WITHIN_MS,
    intervalMs: LOOK_MS,
  }).catch(() => undefined);
  return evidence;
}

/** Gives the projector time to read the last changes. */
async function compareWithRecords(
  { view, ledger: { url } }: Fleet,
  summaries: readonly OrderSummary[],
): Promise<string[]> {
  const ledger = await openLedger(url);
  let differences: string[] = [];
  const isEqual = async (): Promise<boolean> => {
    differences = await compareLedger(ledger, view.reader, summaries);
    return differences.length === 0;
  };
  try {
    await waitFor('the ledger to have every change', isEqual, {
      timeoutMs: EMPTY_WITHIN_MS,
      intervalMs: LOOK_MS,
    }).catch(() => undefined);
    return differences;
  } finally {
    await ledger.close();
  }
}

async function readiness(url: string): Promise<{ ready: number; says: string }> {
  let last = { ready: 0, says: 'no answer' };
  const isReady = async (): Promise<boolean> => {
    try {
      const answer = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(READY_WITHIN_MS) });
      last = { ready: answer.status, says: await answer.text() };
    } catch (error) {
      last = { ready: 0, says: String(error) };
    }
    return last.ready === 200;
  };
  await waitFor('readiness', isReady, { timeoutMs: READY_WITHIN_MS, intervalMs: LOOK_MS }).catch(
    () => undefined,
  );
  return last;
}

/**
 * The failed jobs, and the jobs that remain for the whole wait. A scheduler's next job always
 * remains.
 */
async function jobsOf({ view }: Fleet, queue: QueueName): Promise<JobLeft[]> {
  const jobs = view.queues.get(queue);
  let left: JobLeft[] = [];
  const isEmpty = async (): Promise<boolean> => {
    const waiting = await jobs.getJobs(['wait', 'active', 'delayed', 'prioritized']);
    left = waiting
      .filter((job) => job !== undefined && job.repeatJobKey === undefined)
      .map((job) => ({ queue, name: job.name, id: job.id ?? '', state: 'left', reason: 'still there' }));
    return left.length === 0;
  };
  await waitFor('the queue to be empty', isEmpty, { timeoutMs: EMPTY_WITHIN_MS }).catch(() => undefined);
  const failed = (await jobs.getFailed()).map(
    (job): JobLeft => ({
      queue,
      name: job.name,
      id: job.id ?? '',
      state: 'failed',
      reason: job.failedReason,
    }),
  );
  return [...left, ...failed];
}

async function orderEvidence(
  { market, view }: Fleet,
  placed: Placed,
  summaries: readonly OrderSummary[],
): Promise<OrderEvidence> {
  const seen = await market.sandbox.order(placed.id);
  const summary = summaries.find(({ orderId }) => orderId === placed.id);
  const record = summary && (await view.store.load(summary));
  return {
    ...placed,
    market: seen,
    opened: await openAll(seen),
    record: summary && record ? recordEvidence(summary, factsOf(record, 'delivered')) : null,
  };
}

function recordEvidence(
  { status, stage, attention }: OrderSummary,
  delivered: readonly { round: string; deliverables: readonly { url: string }[] }[],
): RecordEvidence {
  return {
    status,
    stage,
    attention: attention.map(({ key, reason }) => ({ key, reason })),
    delivered: delivered.map(({ round, deliverables }) => ({
      round,
      urls: deliverables.map(({ url }) => url),
    })),
  };
}

/** Opens each file as its buyer does. */
async function openAll({ deliverables }: SandboxOrder): Promise<OrderEvidence['opened']> {
  const opened: OrderEvidence['opened'] = {};
  for (const { deliverable_url: url } of deliverables) {
    try {
      const answer = await fetch(url);
      opened[url] = { status: answer.status, body: await answer.text() };
    } catch (error) {
      opened[url] = { status: 0, body: String(error) };
    }
  }
  return opened;
}
