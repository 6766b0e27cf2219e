import { CANARY } from '@fulfillment/shared';
import type { Job, Queue } from 'bullmq';
import type { Metrics } from '../metrics.ts';
import type { FleetState } from './fleet-state.ts';

/** How many waiting jobs of a queue are searched for the oldest, from the front of the queue. */
const LOOKED_AT = 100;

/**
 * How many jobs the queues hold, which queues are paused, and for how long the oldest job has
 * waited.
 */
export function exportQueues(metrics: Metrics, { queues, pauses, workPauses, registry }: FleetState): void {
  const scope = 'fleet' as const;
  metrics.sharedGauge({
    name: 'fulfillment_jobs',
    help: 'Jobs by queue and state',
    labels: ['queue', 'state'],
    scope,
    collect: async (set) => {
      for (const queue of queues.all()) {
        const counts = await queue.getJobCounts('wait', 'active', 'delayed', 'prioritized', 'failed');
        for (const [state, count] of Object.entries(counts)) set({ queue: queue.name, state }, count);
      }
    },
  });
  metrics.sharedGauge({
    name: 'fulfillment_queue_paused',
    help: '1 while a queue is paused, else 0',
    labels: ['queue'],
    scope,
    collect: async (set) => {
      const paused = await pauses.read();
      for (const { name } of queues.all()) {
        set({ queue: name }, paused.some(({ queue }) => queue === name) ? 1 : 0);
      }
    },
  });
  metrics.sharedGauge({
    name: 'fulfillment_work_paused',
    help: '1 while an operator pauses the work for an agent, a service or a handler',
    labels: ['part', 'id'],
    scope,
    collect: async (set) => {
      for (const { part, id } of await workPauses.read()) set({ part, id }, 1);
    },
  });
  metrics.sharedGauge({
    name: 'fulfillment_oldest_waiting_job_seconds',
    help: 'For how long the oldest job has waited that a worker could take, by queue and agent',
    labels: ['queue', 'agent'],
    scope,
    collect: async (set) => {
      const [names, waiting] = await Promise.all([registry.names(), Promise.all(queues.all().map(oldest))]);
      for (const { queue, agentId, ms } of waiting.flat()) {
        set({ queue, agent: names.get(agentId) ?? agentId }, ms / 1000);
      }
    },
  });
}

interface Waiting {
  queue: string;
  /** Empty: the job belongs to no agent. */
  agentId: string;
  ms: number;
}

/** The longest wait of each agent among the jobs that come next. */
async function oldest(queue: Queue): Promise<Waiting[]> {
  const jobs: (Job | undefined)[] = await queue.getJobs(['wait', 'prioritized'], 0, LOOKED_AT - 1, true);
  const now = Date.now();
  const byAgent = new Map<string, number>();
  for (const job of jobs) {
    // A worker may take a job after its id was listed and before the job is read.
    if (job === undefined || job.name === CANARY) continue;
    const agentId = typeof job.data?.agentId === 'string' ? job.data.agentId : '';
    const ms = now - job.timestamp - (job.delay ?? 0);
    byAgent.set(agentId, Math.max(byAgent.get(agentId) ?? 0, ms));
  }
  return [...byAgent].map(([agentId, ms]) => ({ queue: queue.name, agentId, ms }));
}
