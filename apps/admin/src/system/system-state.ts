import type { AgentEntry, BudgetState, Pause, RedisTrouble } from '@fulfillment/platform';
import { QUEUE_NAMES, type QueueName } from '@fulfillment/shared';
import type { AdminOptions } from '../options.ts';

/** The content of a queue, and whether workers take jobs from it. */
export interface QueueState {
  name: QueueName;
  waiting: number;
  active: number;
  failed: number;
  pause: Pause | null;
}

/**
 * The state of the system: the API budget of this address, the agents of the fleet, and the queues.
 */
export interface SystemState {
  agents: AgentEntry[];
  budget: BudgetState;
  queues: QueueState[];
  /**
   * The longest read lag of the marketplace that we noticed within a day, in ms. 0 if there was
   * none.
   */
  readLagMs: number;
  /** The trouble with Redis. Null when Redis answers and accepts writes. */
  redis: RedisTrouble | null;
}

export async function systemState({
  budget,
  queues,
  pauses,
  readLag,
  registry,
  redisTrouble,
}: Pick<
  AdminOptions,
  'budget' | 'queues' | 'pauses' | 'readLag' | 'registry' | 'redisTrouble'
>): Promise<SystemState> {
  const [budgetState, agents, paused, readLagMs, counts] = await Promise.all([
    budget.state(),
    registry.list(),
    pauses.read(),
    readLag.current(),
    Promise.all(QUEUE_NAMES.map((name) => countsOf(queues, name))),
  ]);
  return {
    redis: redisTrouble(),
    budget: budgetState,
    readLagMs,
    agents,
    queues: counts.map((count) => ({
      ...count,
      pause: paused.find(({ queue }) => queue === count.name) ?? null,
    })),
  };
}

async function countsOf(queues: AdminOptions['queues'], name: QueueName): Promise<Omit<QueueState, 'pause'>> {
  const {
    wait = 0,
    delayed = 0,
    prioritized = 0,
    active = 0,
    failed = 0,
  } = await queues.get(name).getJobCounts('wait', 'delayed', 'prioritized', 'active', 'failed');
  return { name, waiting: wait + delayed + prioritized, active, failed };
}
