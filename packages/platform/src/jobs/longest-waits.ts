import { CANARY } from '@fulfillment/shared';
import type { Job, Queue } from 'bullmq';
import { waitOf } from './job-history.ts';

/** How many waiting jobs of a queue are searched for the oldest, from the front of the queue. */
const LOOKED_AT = 100;

/** The longest wait of an agent's jobs in a queue. */
interface Waiting {
  queue: string;
  /** Empty: the job belongs to no agent. */
  agentId: string;
  ms: number;
}

/**
 * The longest wait of each agent among the jobs that come next. The wait of a job that a worker put
 * back begins at that time. A pause or a retry before it does not count.
 */
export async function longestWaits(queue: Queue): Promise<Waiting[]> {
  const jobs: (Job | undefined)[] = await queue.getJobs(['wait', 'prioritized'], 0, LOOKED_AT - 1, true);
  const now = Date.now();
  const byAgent = new Map<string, number>();
  for (const job of jobs) {
    // A worker may take a job after its id was listed and before the job is read.
    if (job === undefined || job.name === CANARY) continue;
    const agentId = typeof job.data?.agentId === 'string' ? job.data.agentId : '';
    // A refused job goes back at once.
    const ms = Math.min(waitOf(job, now), now - (job.processedOn ?? 0));
    byAgent.set(agentId, Math.max(byAgent.get(agentId) ?? 0, ms));
  }
  return [...byAgent].map(([agentId, ms]) => ({ queue: queue.name, agentId, ms }));
}
