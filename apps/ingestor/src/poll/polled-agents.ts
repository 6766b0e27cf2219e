import { type IngestorSettings, type Runtime, waitingFor } from '@fulfillment/platform';

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
export async function isOurs(
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
