import { setTimeout as delay } from 'node:timers/promises';
import type { HistoryCall } from '../../harness/sandbox.ts';
import type { Fleet } from '../fleet/fleet.ts';
import type { Strikes } from './strikes.ts';

const PAGE_SIZE = 2;

/**
 * Makes the marketplace honour `page` and `limit`, with short pages.
 * @returns whether the product read a list meanwhile.
 */
export async function pageLists(
  { fleet: { market }, strikes }: { fleet: Fleet; strikes: Strikes },
  ms: number,
): Promise<boolean> {
  const { sandbox } = market;
  const lists = async () => {
    const { calls } = await sandbox.get<{ calls: HistoryCall[] }>('/sandbox/history');
    return calls.filter(({ endpoint, status }) => endpoint === 'orders.listForAgent' && status === 200)
      .length;
  };
  const before = await lists();
  await sandbox.put('/sandbox/behaviour', { page_size: PAGE_SIZE });
  await delay(ms);
  await sandbox.put('/sandbox/behaviour', { page_size: null });
  const read = (await lists()) - before;
  strikes.pagedLists += read;
  return read > 0;
}
