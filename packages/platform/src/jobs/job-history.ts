import type { Job } from 'bullmq';
import { z } from 'zod';

const historySchema = z.object({
  /**
   * Since when the job has asked for a lock or an agent without a try in between, in ms since the
   * epoch.
   */
  waitingSince: z.number().nullable().catch(null),
  /**
   * Since when the artifact store has failed, in ms since the epoch. Waits for a lock or an agent
   * in between change nothing.
   */
  storeFailingSince: z.number().nullable().catch(null),
  /**
   * Since when the job has been held until times that the budget or a service named, in ms since
   * the epoch.
   */
  heldSince: z.number().nullable().catch(null),
  /** Since when its tries have ended only in denials (401, 403), in ms since the epoch. */
  deniedSince: z.number().nullable().catch(null),
  /** Since when the marketplace has refused (429) each of its tries, in ms since the epoch. */
  refusedSince: z.number().nullable().catch(null),
  /** The pause that holds it, or held it last (see `WorkPauses`). */
  pause: z.string().nullable().catch(null),
  /** Since when a worker could take it again, in ms since the epoch. Null: it was not put back. */
  runnableAt: z.number().nullable().catch(null),
  /** What its last try had to wait for. Null: it failed, or there was none. Untrusted. */
  waitReason: z.string().nullable().catch(null),
  /** How many of its tries ended with an unknown outcome. */
  unknowns: z.number().catch(0),
});

/**
 * The history that a job keeps in its data, beside its payload. BullMQ itself counts only tries.
 */
export type JobHistory = z.infer<typeof historySchema>;

export function historyOf(job: Job): JobHistory {
  return historySchema.parse(job.data);
}

/**
 * Why a job that waits was put back: the words of its last try. Untrusted.
 * @returns null for a job without a try.
 */
export function waitReasonOf(job: Job): string | null {
  const { waitReason } = historyOf(job);
  return waitReason ?? (job.attemptsMade > 0 ? (job.failedReason ?? null) : null);
}

/** Stores the changed fields. */
export async function noteHistory(job: Job, change: Partial<JobHistory>): Promise<void> {
  const before = historyOf(job);
  if (Object.entries(change).every(([name, value]) => before[name as keyof JobHistory] === value)) return;
  await job.updateData({ ...job.data, ...change });
}

/** For how long a job has waited although a worker could take it, in ms. */
export function waitOf(job: Job, now: number): number {
  // BullMQ forgets the delay of a job once its time has come.
  const since = Math.max(job.timestamp + (job.delay ?? 0), historyOf(job).runnableAt ?? 0);
  return Math.max(0, now - since);
}
