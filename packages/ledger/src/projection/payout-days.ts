import { PAYOUT_DAY_KEYS, PAYOUT_SUM_COLUMNS, type PayoutDaysTable } from '../database/money-schema.ts';
import type { PayoutRow } from '../database/schema.ts';
import { dayOf, differences } from './day-sums.ts';

/** The columns of a payout that decide its part in the sums. */
export const SUMMED_PAYOUT_COLUMNS = [
  'outcome',
  'at',
  'amount_micros',
  'net_micros',
] as const satisfies readonly (keyof PayoutRow)[];
type SummedPayout = Pick<PayoutRow, (typeof SUMMED_PAYOUT_COLUMNS)[number]>;

/**
 * How the sums of days change when the payouts of orders are replaced.
 * @param before the payouts of these orders as they were.
 * @param after all payouts that the same orders have now.
 * @returns the differences. Days that do not change are left out.
 */
export function changesOfPayoutDays(
  before: readonly SummedPayout[],
  after: readonly SummedPayout[],
): PayoutDaysTable[] {
  return differences(before.map(partOf), after.map(partOf), {
    keys: PAYOUT_DAY_KEYS,
    sums: PAYOUT_SUM_COLUMNS,
  });
}

function partOf({ outcome, at, amount_micros: amount, net_micros: net }: SummedPayout): PayoutDaysTable {
  const isCompared = amount !== null && net !== null;
  return {
    outcome,
    day: dayOf(at),
    payouts: 1,
    amount_micros: amount ?? 0,
    net_micros: net ?? 0,
    expected_micros: amount === null ? 0 : (net ?? 0),
    compared: isCompared ? 1 : 0,
    difference_micros: isCompared ? amount - net : 0,
  };
}
