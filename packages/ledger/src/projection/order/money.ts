import { factOf, netOf, type OrderRecord, statusNow, toMicros } from '@fulfillment/shared';
import type { CostRow, MoneyState, OrderRow, PayoutRow } from '../../database/schema.ts';
import type { OrderTimes } from './times.ts';

type MoneyColumns = Pick<
  OrderRow,
  | 'price_micros'
  | 'fee_micros'
  | 'net_micros'
  | 'cost_micros'
  | 'known_cost_micros'
  | 'waste_micros'
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
  const { snapshot } = record;
  const price = snapshot?.quotedPriceUsd ?? factOf(record, 'completed')?.priceUsd ?? null;
  const fee = snapshot?.platformFeeUsd ?? factOf(record, 'completed')?.feeUsd ?? null;
  const net = microsOf(netOf(price, fee));
  const cost = costOf(record, costs);
  const sent = payouts.find(({ outcome }) => outcome === 'sent');
  return {
    price_micros: microsOf(price),
    fee_micros: microsOf(fee),
    net_micros: net,
    cost_micros: cost,
    known_cost_micros: sum(costs),
    waste_micros: sum(costs.filter(({ waste }) => waste !== null)),
    margin_micros: net === null || cost === null ? null : net - cost,
    paid_out_at: sent?.at ?? null,
    money_state: moneyState(record, times, payouts),
  };
}

function microsOf(amount: string | null): number | null {
  return amount === null ? null : toMicros(amount);
}

function sum(costs: readonly CostRow[]): number {
  return costs.reduce((total, { cost_micros: cost }) => total + (cost ?? 0), 0);
}

/**
 * The cost of all handler calls. Null when a report names no cost, or when a generation reported
 * nothing: that is unknown, not zero.
 */
function costOf(record: OrderRecord, costs: readonly CostRow[]): number | null {
  if (costs.some(({ cost_micros: cost }) => cost === null)) return null;
  const hasGenerated = record.facts.some(({ type }) => type === 'generated');
  return hasGenerated && !costs.some(({ step }) => step === 'generate') ? null : sum(costs);
}

function moneyState(record: OrderRecord, times: OrderTimes, payouts: readonly PayoutRow[]): MoneyState {
  const status = statusNow(record)?.status ?? 'unknown';
  if (status === 'cancelled') return times.paid === null ? 'unpaid' : 'refunded';
  if (payouts.some(({ outcome }) => outcome === 'sent')) return 'paid_out';
  if (status === 'disputed') return 'disputed';
  if (payouts.some(({ outcome }) => outcome === 'failed')) return 'payout_failed';
  if (status === 'completed') return 'completed';
  if (status === 'delivered') return 'in_review';
  return times.paid === null ? 'unpaid' : 'in_progress';
}
