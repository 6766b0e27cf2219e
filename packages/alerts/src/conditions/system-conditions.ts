import { ALERT_KINDS, type AlertKind, type QueueName } from '@fulfillment/shared';
import type { Condition } from './condition.ts';
import type { SystemState } from './system-state.ts';

const MINUTE = 60_000;
/** The apps that every order needs. */
const NEEDED_APPS = ['ingestor', 'generation-worker', 'delivery-worker'];
/** So many starts of an app on one host within ten minutes are too many. */
const MOST_STARTS = 4;
/** So many wrong signatures within a quarter of an hour need an operator. */
const BAD_SIGNATURES = 5;
const LEAST_FREE_DISK = 0.05;
const MOST_MEMORY = 0.8;
/** A shorter pause needs no reminder. In ms. */
const LONG_PAUSE_MS = 60 * MINUTE;
const LEDGER_LAG_MS = 10 * MINUTE;
/**
 * How long the oldest job of a queue may wait, in ms. Generations queue up by design. Deliveries
 * and messages wait for the rate limit, whose windows last an hour.
 */
const LONGEST_WAIT_MS: Record<QueueName, number> = {
  intake: 10 * MINUTE,
  orders: 10 * MINUTE,
  generation: 60 * MINUTE,
  delivery: 75 * MINUTE,
  messages: 150 * MINUTE,
};
/**
 * How long a job may wait in a queue in which no worker works on anything, in ms. Missing: the
 * queue may rest for the rate limit.
 */
const LONGEST_IDLE_WAIT_MS: Partial<Record<QueueName, number>> = { generation: 10 * MINUTE };

/** @param silentAfterMs an agent that had neither a poll nor a webhook for this long is silent. */
export function systemConditions(state: SystemState, silentAfterMs: number): Condition[] {
  const { processes, starts, waits, agents, badSignatures, redis, freeDisk, ledger } = state;
  const running = new Set(processes.map(({ app }) => app));
  const startsByPlace = Map.groupBy(starts, ({ app, host }) => `${app} on ${host}`);
  return [
    ...NEEDED_APPS.filter((app) => !running.has(app)).map((app) =>
      condition('app_missing', app, `No ${app} runs`),
    ),
    ...[...startsByPlace]
      .filter(([, found]) => found.length >= MOST_STARTS)
      .map(([place]) => condition('app_restarting', place, `${place} restarts again and again`)),
    ...waits
      .filter(waitsTooLong)
      .map(({ queue }) => condition('jobs_waiting', queue, `Jobs of queue ${queue} wait too long`)),
    ...state.pauses
      .filter(({ since }) => state.now - since > LONG_PAUSE_MS)
      .map(({ name }) => condition('work_paused', name, `A pause holds work: ${name}`)),
    ...agents.flatMap((agent) => agentConditions(agent, state.now - silentAfterMs)),
    ...[...badSignatures]
      .filter(([, count]) => count >= BAD_SIGNATURES)
      .map(([agentId]) => ({ ...condition('signatures_failing', agentId), agentId })),
    ...(state.isBudgetExhausted ? [condition('budget_exhausted')] : []),
    ...state.refusedRows.map((row) =>
      condition('calls_refused', row, `The marketplace refuses all calls (${row})`),
    ),
    ...(redis?.maxMemory != null && redis.usedMemory > MOST_MEMORY * redis.maxMemory
      ? [condition('redis_memory')]
      : []),
    ...(redis?.hasFailedToSave === true ? [condition('redis_not_saving')] : []),
    ...(freeDisk !== null && freeDisk < LEAST_FREE_DISK ? [condition('disk_full')] : []),
    ...(ledger.trouble !== null || ledger.lagMs > LEDGER_LAG_MS ? [condition('ledger_behind')] : []),
  ];
}

function waitsTooLong({ queue, ms, idleMs }: SystemState['waits'][number]): boolean {
  const longestIdle = LONGEST_IDLE_WAIT_MS[queue] ?? LONGEST_WAIT_MS[queue];
  return ms > LONGEST_WAIT_MS[queue] || Math.min(ms, idleMs) > longestIdle;
}

function agentConditions(agent: SystemState['agents'][number], heardSince: number): Condition[] {
  const { name, id, state, polledAt, heardAt, warnings } = agent;
  const of = (kind: AlertKind, title: string) => ({
    ...condition(kind, name, title),
    agentId: id,
    path: '/agents',
  });
  if (state === 'key_rejected') return [of('key_rejected', `The key of agent "${name}" is rejected`)];
  const lastSign = Math.max(polledAt ?? 0, heardAt ?? 0);
  return [
    ...(warnings.length > 0 ? [of('agent_cannot_earn', `Agent "${name}" cannot earn`)] : []),
    ...(lastSign > 0 && lastSign < heardSince
      ? [of('intake_silent', `No orders come in for agent "${name}"`)]
      : []),
  ];
}

function condition(kind: AlertKind, about = '', title: string = ALERT_KINDS[kind].title): Condition {
  const alert = about === '' ? kind : `${kind}:${about}`;
  const none = { agentId: null, handler: null, amountUsd: null, dueAt: null };
  return { ...none, key: alert, kind, alert, title, path: '/system' };
}

/** A channel does not take messages. */
export function channelCondition(name: string): Condition {
  return { ...condition('channel_failing', name, `Channel "${name}" takes no alerts`), path: '/alerts' };
}
