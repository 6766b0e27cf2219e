/** Whether the price of an order, less the fee, is earned. */
type NetRule =
  /** It counts in the net and in the margin. */
  | 'earned'
  /** It may be lost: it counts in neither, and sums name it apart. */
  | 'at risk'
  /** Nothing is left of it, so the margin is the cost alone. */
  | 'nothing';

/** The money of an order has exactly one of these states, which says whether its net counts. */
export const NET_RULES = {
  /** The buyer has not paid. */
  unpaid: 'nothing',
  /** Paid, and the delivery is outstanding. */
  in_progress: 'earned',
  /** Delivered, and the buyer has not answered yet. */
  in_review: 'earned',
  /** Completed, and the payout was not seen yet. */
  completed: 'earned',
  paid_out: 'earned',
  /** Completed. The money is owed until a retry of the payout succeeds. */
  payout_failed: 'earned',
  disputed: 'at risk',
  /** Cancelled after the payment: the buyer gets the money back. */
  refunded: 'nothing',
} as const satisfies Record<string, NetRule>;

export type MoneyState = keyof typeof NET_RULES;
export const MONEY_STATES = Object.keys(NET_RULES) as MoneyState[];

/** Why a cost led to no delivery. */
export const WASTES = ['failed', 'regenerated', 'declined', 'cancelled'] as const;
export type Waste = (typeof WASTES)[number];
/** The columns of the waste by its reason. */
export type WasteColumns = Record<`waste_${Waste}_micros`, number>;

/** Which time of an order counts in sums: its payment, its completion or its payout. */
export const BASIS_COLUMNS = { paid: 'paid_at', completed: 'completed_at', paid_out: 'paid_out_at' } as const;
export type MoneyBasis = keyof typeof BASIS_COLUMNS;
export const MONEY_BASES = Object.keys(BASIS_COLUMNS) as MoneyBasis[];

/** What sums of orders consist of. Amounts are in micro-dollars. */
export const SUM_COLUMNS = [
  'orders',
  'price_micros',
  'fee_micros',
  'net_micros',
  'known_cost_micros',
  'margin_micros',
  /** The net of the orders whose margin is known. */
  'margin_net_micros',
  /** How many orders have a cost that is not completely known. */
  'unknown_costs',
  'waste_failed_micros',
  'waste_regenerated_micros',
  'waste_declined_micros',
  'waste_cancelled_micros',
] as const;
export type SumColumns = Record<(typeof SUM_COLUMNS)[number], number>;

/** What identifies a row of `money_days`. */
export const MONEY_DAY_KEYS = [
  'basis',
  'day',
  'agent_id',
  'service_id',
  'service',
  'handler',
  'money_state',
] as const;

/**
 * The sums of the orders with the same day, agent, service, handler and state. The transaction that
 * writes an order corrects them, so that sums of a year read no orders.
 */
export interface MoneyDaysTable extends SumColumns {
  basis: MoneyBasis;
  /** In whole days of UTC since the epoch. */
  day: number;
  agent_id: string;
  /** Empty: the orders have none. */
  service_id: string;
  /** The title. Empty also if the orders have no service: their titles come from their briefs. */
  service: string;
  handler: string;
  money_state: MoneyState;
}

/** What sums of payouts consist of. Amounts are in micro-dollars. */
export const PAYOUT_SUM_COLUMNS = [
  'payouts',
  /** The known amounts. */
  'amount_micros',
  /** The net of the orders of these payouts, as far as it is known. */
  'net_micros',
  /** The part of `net_micros` whose payouts have a known amount. */
  'expected_micros',
  /** How many payouts have a known amount and an order with a known net. */
  'compared',
  /** The amounts of these, less the net of their orders. */
  'difference_micros',
] as const;
type PayoutSumColumns = Record<(typeof PAYOUT_SUM_COLUMNS)[number], number>;

/** What identifies a row of `payout_days`. */
export const PAYOUT_DAY_KEYS = ['outcome', 'day'] as const;

/** The sums of the payouts of a day. The transaction that writes the payouts corrects them. */
export interface PayoutDaysTable extends PayoutSumColumns {
  outcome: 'sent' | 'failed';
  /** In whole days of UTC since the epoch. */
  day: number;
}
