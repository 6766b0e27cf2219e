import type { Job, Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { inTrips } from '../redis/in-trips.ts';
import { readStored } from '../redis/stored-json.ts';
import { noteHistory } from './job-history.ts';

/** The data of a job that a pause holds. */
const heldSchema = z.object({ pause: z.string() });

/**
 * The delayed jobs of a queue that a pause of work holds: the pause's key (see `WorkPauses`), by
 * the job's id. The ids are read at once: between two pages of a list, jobs whose time comes leave
 * it, and others would be missed.
 */
export async function heldJobs(redis: Redis, queue: Queue): Promise<Map<string, string>> {
  const ids = await queue.getRanges(['delayed'], 0, -1);
  const texts = await inTrips(redis, ids, (pipeline, id) => pipeline.hget(queue.toKey(id), 'data'));
  const held = new Map<string, string>();
  for (const [index, id] of ids.entries()) {
    const data = readStored(heldSchema, texts[index] as string | null);
    if (data !== null) held.set(id, data.pause);
  }
  return held;
}

/** Runs a delayed job now. A job whose time came meanwhile, or that was removed, is left alone. */
export async function wake(job: Job): Promise<void> {
  try {
    await noteHistory(job, { runnableAt: Date.now() });
    await job.promote();
  } catch (error) {
    if (await job.isDelayed()) throw error;
  }
}
