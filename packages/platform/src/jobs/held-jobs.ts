import type { Job, Queue } from 'bullmq';
import { historyOf } from './job-history.ts';

/** So many jobs are read in one trip. */
const JOBS_A_TRIP = 500;

/** The delayed jobs of a queue. */
export async function* delayedJobs(queue: Queue): AsyncGenerator<Job> {
  for (let first = 0; ; first += JOBS_A_TRIP) {
    const jobs = await queue.getDelayed(first, first + JOBS_A_TRIP - 1);
    yield* jobs;
    if (jobs.length < JOBS_A_TRIP) return;
  }
}

/** How many jobs of a queue each pause of work holds, by the pause's key (see `WorkPauses`). */
export async function countHeld(queue: Queue): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for await (const job of delayedJobs(queue)) {
    const { pause } = historyOf(job);
    if (pause !== null) counts.set(pause, (counts.get(pause) ?? 0) + 1);
  }
  return counts;
}
