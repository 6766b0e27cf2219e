import {
  MONEY_STATES,
  type MoneyState,
  NET_RULES,
  type SumColumns,
  WASTES,
  type Waste,
} from '../../database/money-schema.ts';

/** Sums of a group of orders. Amounts are in micro-dollars. */
export interface MoneySums {
  orders: number;
  /** The prices of all orders of the group. */
  booked: number;
  /** Of the orders in `net`. */
  fees: number;
  /** The prices less the fees of the orders whose state counts as earned. */
  net: number;
  /** The prices less the fees of the orders in dispute. */
  atRisk: number;
  /** The prices by the state of the money. They add up to `booked`. */
  byState: Record<MoneyState, number>;
  /** The number of orders by the state of the money. */
  ordersByState: Record<MoneyState, number>;
  /** The sum of the reported costs. */
  cost: number;
  /** How many orders have a cost that is not completely known. `margin` leaves them out. */
  ordersWithUnknownCost: number;
  /**
   * Net less cost, of the orders for which both are known. A refunded order counts its cost alone.
   * Disputed orders are left out.
   */
  margin: number;
  /** The net of the orders in `margin`: the margin in per cent relates to it. */
  marginNet: number;
  /** The part of the costs that led to no delivery. */
  waste: number;
  wasteBy: Record<Waste, number>;
}

/** The sums of the orders of a group that have one state. */
export interface StateSums extends SumColumns {
  money_state: MoneyState;
}

export function noSums(): MoneySums {
  return {
    orders: 0,
    booked: 0,
    fees: 0,
    net: 0,
    atRisk: 0,
    byState: zeros(),
    ordersByState: zeros(),
    cost: 0,
    ordersWithUnknownCost: 0,
    margin: 0,
    marginNet: 0,
    waste: 0,
    wasteBy: { failed: 0, regenerated: 0, declined: 0, cancelled: 0 },
  };
}

/**
 * Adds the orders of one state to the sums of their group. The state says whether their net
 * counts.
 */
export function addState(sums: MoneySums, row: StateSums): void {
  const { money_state: state } = row;
  const rule = NET_RULES[state];
  sums.orders += row.orders;
  sums.booked += row.price_micros;
  sums.byState[state] += row.price_micros;
  sums.ordersByState[state] += row.orders;
  sums.cost += row.known_cost_micros;
  sums.ordersWithUnknownCost += row.unknown_costs;
  sums.margin += row.margin_micros;
  for (const reason of WASTES) {
    const waste = row[`waste_${reason}_micros`];
    sums.wasteBy[reason] += waste;
    sums.waste += waste;
  }
  if (rule === 'at risk') sums.atRisk += row.net_micros;
  if (rule !== 'earned') return;
  sums.fees += row.fee_micros;
  sums.net += row.net_micros;
  sums.marginNet += row.margin_net_micros;
}

/** The sums of several groups that share no order. */
export function sumOf(groups: readonly MoneySums[]): MoneySums {
  const total = noSums();
  for (const one of groups) {
    for (const name of PLAIN_SUMS) total[name] += one[name];
    for (const state of MONEY_STATES) {
      total.byState[state] += one.byState[state];
      total.ordersByState[state] += one.ordersByState[state];
    }
    for (const reason of WASTES) total.wasteBy[reason] += one.wasteBy[reason];
  }
  return total;
}

const PLAIN_SUMS = [
  'orders',
  'booked',
  'fees',
  'net',
  'atRisk',
  'cost',
  'ordersWithUnknownCost',
  'margin',
  'marginNet',
  'waste',
] as const satisfies readonly (keyof MoneySums)[];

function zeros(): Record<MoneyState, number> {
  const entries = MONEY_STATES.map((state) => [state, 0]);
  return Object.fromEntries(entries);
}
