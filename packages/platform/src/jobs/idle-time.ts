import type { Queue } from 'bullmq';

/**
 * For how long no worker has worked on a job of the queue, in ms. Infinity: no job has ended yet.
 */
export async function idleTime(queue: Queue): Promise<number> {
  const [active, ...ended] = await Promise.all([
    queue.getActiveCount(),
    queue.getJobs(['completed'], 0, 0),
    queue.getJobs(['failed'], 0, 0),
  ]);
  if (active > 0) return 0;
  const newest = Math.max(0, ...ended.flat().map((job) => job?.finishedOn ?? 0));
  return newest === 0 ? Number.POSITIVE_INFINITY : Date.now() - newest;
}
