import { type OrderRef, unpublished } from '@fulfillment/shared';
import type { Queues } from '../jobs/queues.ts';
import type { WorkPauses } from '../jobs/work-pauses.ts';
import type { CountOwed } from '../marketplace/counted-calls.ts';
import type { RecordStore } from '../record-store/record-store.ts';
import type { Owed } from './budget.ts';

/** For how long a count of owed calls may be reused, in ms. */
const OWED_AGE_MS = 1000;
/**
 * For how long a count of jobs that pauses hold may be reused, in ms. This count reads every
 * delayed job.
 */
const HELD_AGE_MS = 10_000;
/**
 * Uploads are counted for this many jobs. More jobs need more calls than a window has, whatever
 * they upload.
 */
const LOOKED_AT = 30;

const READY = ['wait', 'active', 'prioritized'] as const;
const UNFINISHED = [...READY, 'delayed'] as const;

export interface OwedSources {
  queues: Queues;
  store: RecordStore;
  workPauses: WorkPauses;
  /** The length of the budget's window, in ms. */
  windowMs: number;
}

/**
 * Calls that are owed now or soon. Each job that waits or runs in generation and delivery counts as
 * one call. Each file that must be uploaded before its delivery adds one. A generation that an
 * operator's pause holds, or that begins after the next window, owes no call.
 */
export function owedCounter({ queues, store, workPauses, windowMs }: OwedSources): CountOwed {
  const held = cached(HELD_AGE_MS, async () => {
    const counts = await queues.countHeld();
    return [...counts.values()].reduce((sum, count) => sum + count, 0);
  });
  const generations = async (): Promise<number> => {
    const [ready, delayed, pauses] = await Promise.all([
      queues.get('generation').getJobCountByTypes(...READY),
      queues.countDelayedUntil('generation', Date.now() + windowMs),
      workPauses.read(),
    ]);
    return ready + Math.max(0, delayed - (pauses.length > 0 ? await held() : 0));
  };
  return cached(OWED_AGE_MS, async (): Promise<Owed> => {
    const [waiting, generating] = await Promise.all([
      queues.get('delivery').getJobCountByTypes(...UNFINISHED),
      generations(),
    ]);
    const uploads = waiting > 0 && waiting <= LOOKED_AT ? await uploadsOwed(queues, store) : 0;
    return { waiting: waiting + uploads, generating };
  });
}

/** A function that reuses its last result for some time. */
function cached<T>(forMs: number, read: () => Promise<T>): () => Promise<T> {
  let last: { at: number; value: Promise<T> } | null = null;
  return () => {
    if (last !== null && Date.now() - last.at <= forMs) return last.value;
    const value = read();
    last = { at: Date.now(), value };
    value.catch(() => {
      last = null;
    });
    return value;
  };
}

async function uploadsOwed(queues: Queues, store: RecordStore): Promise<number> {
  const jobs = await queues.get('delivery').getJobs([...UNFINISHED], 0, LOOKED_AT);
  const files = jobs
    .filter((job) => job?.name === 'publish')
    .map(async ({ data }: { data: OrderRef & { round: string } }) => {
      const record = await store.load({ agentId: data.agentId, orderId: data.orderId });
      return record === null ? 0 : unpublished(record, data.round).length;
    });
  return (await Promise.all(files)).reduce((sum, count) => sum + count, 0);
}
