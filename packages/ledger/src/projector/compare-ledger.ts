import type { RecordReader } from '@fulfillment/platform';
import type { OrderRef } from '@fulfillment/shared';
import type { Ledger } from '../ledger.ts';
import { compareRows } from '../projection/compare-rows.ts';
import { projectOrder } from '../projection/project-order.ts';

const AT_ONCE = 100;

/**
 * Compares the ledger with the records of these orders. An order without a record is left out:
 * the ledger is then the only source. Call this function when the change feed is empty.
 * The process must know the same secrets as the projector, because both remove them from texts.
 * @returns the differences in words. Empty: the ledger equals the records.
 */
export async function compareLedger(
  ledger: Ledger,
  reader: RecordReader,
  refs: readonly OrderRef[],
): Promise<string[]> {
  const differences: string[] = [];
  for (let start = 0; start < refs.length; start += AT_ONCE) {
    const records = await reader.read(refs.slice(start, start + AT_ONCE));
    for (const source of records) {
      if (source === null) continue;
      differences.push(...compareRows(projectOrder(source), await ledger.orders.find(source.record)));
    }
  }
  return differences;
}
