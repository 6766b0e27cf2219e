import { longestWaits } from '../../jobs/longest-waits.ts';
import type { Metrics } from '../metrics.ts';
import type { FleetState } from './fleet-state.ts';

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
      const [names, waiting] = await Promise.all([
        registry.names(),
        Promise.all(queues.all().map(longestWaits)),
      ]);
      for (const { queue, agentId, ms } of waiting.flat()) {
        set({ queue, agent: names.get(agentId) ?? agentId }, ms / 1000);
      }
    },
  });
}
