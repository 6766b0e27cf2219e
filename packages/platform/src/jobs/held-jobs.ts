import type { Job, Queue } from 'bullmq';
import { historyOf } from './job-history.ts';

/** So many jobs are read in one trip. */
const JOBS_A_TRIP = 500;

/**
 * The jobs of a queue that are delayed at this moment. Their ids are read at once: between two
 * pages of a list, jobs whose time comes leave it, and others would be missed.
 */
export async function* delayedJobs(queue: Queue): AsyncGenerator<Job> {
  const ids = await queue.getRanges(['delayed'], 0, -1);
  for (let first = 0; first < ids.length; first += JOBS_A_TRIP) {
    const trip = ids.slice(first, first + JOBS_A_TRIP);
    const jobs: (Job | undefined)[] = await Promise.all(trip.map((id) => queue.getJob(id)));
    yield* jobs.filter((job) => job !== undefined);
  }
}

/** Runs a delayed job now. */
export async function wake(job: Job): Promise<void> {
  await job.promote().catch(async (error: unknown) => {
    // Its time came meanwhile.
    if (await job.isDelayed()) throw error;
  });
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
