import { type FactOf, factsOf, type OrderRecord, statusNow } from '@fulfillment/shared';
import { type MoneyState, NET_RULES, type Waste } from '../../database/money-schema.ts';
import type { CostRow, OrderRow, PayoutRow } from '../../database/schema.ts';
import { isSameStart } from '../same-start.ts';
import { priceOf } from './price.ts';
import type { OrderTimes } from './times.ts';

type MoneyColumns = Pick<
  OrderRow,
  | 'price_micros'
  | 'fee_micros'
  | 'net_micros'
  | 'cost_micros'
  | 'known_cost_micros'
  | `waste_${Waste}_micros`
  | 'margin_micros'
  | 'paid_out_at'
  | 'money_state'
>;

/** What an order earns and costs, and where its money is. */
export function moneyOf(
  record: OrderRecord,
  times: OrderTimes,
  { costs, payouts }: { costs: readonly CostRow[]; payouts: readonly PayoutRow[] },
): MoneyColumns {
  const { price, fee, net } = priceOf(record);
  const cost = costOf(record, costs);
  const sent = payouts.find(({ outcome }) => outcome === 'sent');
  const state = moneyState(record, times, payouts);
  const earned = earnedOf(state, net);
  const wasted = (reason: Waste) => sum(costs.filter(({ waste }) => waste === reason));
  return {
    price_micros: price,
    fee_micros: fee,
    net_micros: net,
    cost_micros: cost,
    known_cost_micros: sum(costs),
    waste_failed_micros: wasted('failed'),
    waste_regenerated_micros: wasted('regenerated'),
    waste_declined_micros: wasted('declined'),
    waste_cancelled_micros: wasted('cancelled'),
    margin_micros: earned === null || cost === null ? null : earned - cost,
    paid_out_at: sent?.at ?? null,
    money_state: state,
  };
}

/** The part of the net that counts in the margin. Null: it is unknown, or may be lost. */
function earnedOf(state: MoneyState, net: number | null): number | null {
  const rule = NET_RULES[state];
  if (rule === 'at risk') return null;
  return rule === 'nothing' ? 0 : net;
}

function sum(costs: readonly CostRow[]): number {
  return costs.reduce((total, { cost_micros: cost }) => total + (cost ?? 0), 0);
}

/**
 * The cost of all handler calls. Null when a report names no cost, or when a generation has no
 * report: that is unknown, not zero. Most prices are computed without a cost, so the call for a
 * price needs no report.
 */
function costOf(record: OrderRecord, costs: readonly CostRow[]): number | null {
  const isUnknown =
    costs.some(({ cost_micros: cost }) => cost === null) ||
    factsOf(record, 'began').filter((began) => !hasReport(record, began)).length > unnamedWaits(record);
  return isUnknown ? null : sum(costs);
}

/**
 * How many waits for a service have no fact about their try: only the first few of an attempt get
 * one.
 */
function unnamedWaits(record: OrderRecord): number {
  const waits = factsOf(record, 'put_off').filter(({ step }) => step === 'generate');
  const named = factsOf(record, 'try_failed').filter(isWait);
  return Math.max(0, waits.length - named.length);
}

function isWait({ step, kind }: FactOf<'try_failed'>): boolean {
  return step === 'generate' && kind === 'throttled';
}

function hasReport(record: OrderRecord, began: FactOf<'began'>): boolean {
  if (began.step !== 'generate') return true;
  const isReported = factsOf(record, 'used').some(
    (use) => use.step === 'generate' && isSameStart(use, began),
  );
  // The handler asked for a later call: the call with the result reports the cost.
  const isPutOff = factsOf(record, 'try_failed').some((tried) => isWait(tried) && isSameStart(tried, began));
  return isReported || isPutOff;
}

/** A payout that was sent is final, whatever the order's status becomes later. */
function moneyState(record: OrderRecord, times: OrderTimes, payouts: readonly PayoutRow[]): MoneyState {
  const status = statusNow(record)?.status ?? 'unknown';
  if (payouts.some(({ outcome }) => outcome === 'sent')) return 'paid_out';
  if (status === 'cancelled') return times.paid === null ? 'unpaid' : 'refunded';
  if (status === 'disputed') return 'disputed';
  if (payouts.some(({ outcome }) => outcome === 'failed')) return 'payout_failed';
  if (status === 'completed') return 'completed';
  if (status === 'delivered') return 'in_review';
  return times.paid === null ? 'unpaid' : 'in_progress';
}
