import { type OrderRef, type QueueName, unpublished } from '@fulfillment/shared';
import type { Queues } from '../jobs/queues.ts';
import type { CountOwed } from '../marketplace/counted-calls.ts';
import type { RecordStore } from '../record-store/record-store.ts';
import type { Owed } from './budget.ts';

/** For how long a count of owed calls may be reused, in ms. */
const OWED_AGE_MS = 1000;
/**
 * Uploads are counted for this many jobs. More jobs need more calls than a window has, whatever
 * they upload.
 */
const LOOKED_AT = 30;

const UNFINISHED = ['wait', 'active', 'delayed', 'prioritized'] as const;

/**
 * Calls that are owed now or soon. Each job that waits or runs in generation and delivery counts as
 * one call. Each file that must be uploaded before its delivery adds one.
 */
export function owedCounter(queues: Queues, store: RecordStore): CountOwed {
  const unfinished = (name: QueueName) => queues.get(name).getJobCountByTypes(...UNFINISHED);
  const count = async (): Promise<Owed> => {
    const [waiting, generating] = await Promise.all([unfinished('delivery'), unfinished('generation')]);
    const uploads = waiting > 0 && waiting <= LOOKED_AT ? await uploadsOwed(queues, store) : 0;
    return { waiting: waiting + uploads, generating };
  };
  let last: { at: number; owed: Promise<Owed> } | null = null;
  return () => {
    if (last === null || Date.now() - last.at > OWED_AGE_MS) last = { at: Date.now(), owed: count() };
    return last.owed;
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
