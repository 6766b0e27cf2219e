import { isDeepStrictEqual } from 'node:util';
import type { RecordReader } from '@fulfillment/platform';
import type { OrderRef } from '@fulfillment/shared';
import { BASIS_COLUMNS, MONEY_BASES } from '../database/money-schema.ts';
import type { Ledger } from '../ledger.ts';
import { compareRows } from '../projection/compare-rows.ts';
import { projectOrder } from '../projection/project-order.ts';

const AT_ONCE = 100;

/**
 * Compares the ledger with the records of these orders. An order without a record is left out:
 * the ledger is then the only source. Call this function when the change feed is empty.
 * The process must know the same secrets as the projector, because both remove them from texts.
 * The sums of days are compared with the orders of the ledger.
 * @returns the differences in words. Empty: the ledger equals the records.
 */
export async function compareLedger(
  ledger: Ledger,
  reader: RecordReader,
  refs: readonly OrderRef[],
): Promise<string[]> {
  const differences = await compareSums(ledger);
  for (let start = 0; start < refs.length; start += AT_ONCE) {
    const records = await reader.read(refs.slice(start, start + AT_ONCE));
    for (const source of records) {
      if (source === null) continue;
      differences.push(...compareRows(projectOrder(source), await ledger.orders.find(source.record)));
    }
  }
  return differences;
}

/** Compares the sums of days with the orders and the payouts that they sum up. */
async function compareSums({ connections: { reader } }: Ledger): Promise<string[]> {
  const differences: string[] = [];
  for (const basis of MONEY_BASES) {
    const summed = await reader
      .selectFrom('money_days')
      .where('basis', '=', basis)
      .select((eb) => [
        eb.fn.coalesce(eb.fn.sum<number>('orders'), eb.val(0)).as('orders'),
        eb.fn.coalesce(eb.fn.sum<number>('price_micros'), eb.val(0)).as('price'),
        eb.fn.coalesce(eb.fn.sum<number>('margin_micros'), eb.val(0)).as('margin'),
      ])
      .executeTakeFirstOrThrow();
    const counted = await reader
      .selectFrom('orders')
      .where(BASIS_COLUMNS[basis], 'is not', null)
      .select((eb) => [
        eb.fn.countAll<number>().as('orders'),
        eb.fn.coalesce(eb.fn.sum<number>('price_micros'), eb.val(0)).as('price'),
        eb.fn.coalesce(eb.fn.sum<number>('margin_micros'), eb.val(0)).as('margin'),
      ])
      .executeTakeFirstOrThrow();
    if (!isDeepStrictEqual({ ...summed }, { ...counted }))
      differences.push(
        `sums of ${basis}: ${JSON.stringify(summed)}, and the orders ${JSON.stringify(counted)}`,
      );
  }
  const summed = await reader
    .selectFrom('payout_days')
    .select((eb) => [
      eb.fn.coalesce(eb.fn.sum<number>('payouts'), eb.val(0)).as('payouts'),
      eb.fn.coalesce(eb.fn.sum<number>('amount_micros'), eb.val(0)).as('amount'),
    ])
    .executeTakeFirstOrThrow();
  const counted = await reader
    .selectFrom('payouts')
    .select((eb) => [
      eb.fn.countAll<number>().as('payouts'),
      eb.fn.coalesce(eb.fn.sum<number>('amount_micros'), eb.val(0)).as('amount'),
    ])
    .executeTakeFirstOrThrow();
  if (!isDeepStrictEqual({ ...summed }, { ...counted }))
    differences.push(
      `sums of payouts: ${JSON.stringify(summed)}, and the payouts ${JSON.stringify(counted)}`,
    );
  return differences;
}
