import type { RecordReader } from '@fulfillment/platform';
import type { OrderRef } from '@fulfillment/shared';
import {
  MONEY_BASES,
  MONEY_DAY_KEYS,
  type MoneyDaysTable,
  PAYOUT_DAY_KEYS,
  PAYOUT_SUM_COLUMNS,
  SUM_COLUMNS,
} from '../database/money-schema.ts';
import type { Ledger } from '../ledger.ts';
import { compareRows } from '../projection/compare-rows.ts';
import { differences } from '../projection/day-sums.ts';
import { projectOrder } from '../projection/project-order.ts';
import { sumsOfOrders, sumsOfPayouts } from './sums-of-days.ts';

const AT_ONCE = 100;

/**
 * Compares the ledger with the records of these orders. An order without a record is left out:
 * the ledger is then the only source. Call this function when the change feed is empty.
 * The process must know the same secrets as the projector, because both remove them from texts.
 * All sums of days are compared with the orders and the payouts of the ledger.
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
  const money: MoneyDaysTable[] = [];
  for (const basis of MONEY_BASES) money.push(...(await sumsOfOrders(basis).execute(reader)).rows);
  const { rows: payouts } = await sumsOfPayouts().execute(reader);
  const money_days = await reader.selectFrom('money_days').selectAll().execute();
  const payout_days = await reader.selectFrom('payout_days').selectAll().execute();
  return [
    ...differences(money, money_days, { keys: MONEY_DAY_KEYS, sums: SUM_COLUMNS }).map(
      (row) => `money_days: the sums differ from the orders by ${JSON.stringify(row)}`,
    ),
    ...differences(payouts, payout_days, { keys: PAYOUT_DAY_KEYS, sums: PAYOUT_SUM_COLUMNS }).map(
      (row) => `payout_days: the sums differ from the payouts by ${JSON.stringify(row)}`,
    ),
  ];
}
