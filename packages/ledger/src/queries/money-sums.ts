import { MONEY_STATES, type MoneyState } from '../database/schema.ts';

/** Sums of a group of orders. Amounts are in micro-dollars. */
export interface MoneySums {
  orders: number;
  /** The prices of all orders of the group. */
  booked: number;
  /** Of the orders in `net`. */
  fees: number;
  /** The prices less the fees, without refunded and disputed orders. */
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
}

/** The sums of the orders of a group that have one state. */
export interface StateSums {
  money_state: MoneyState;
  orders: number;
  booked: number | null;
  fees: number | null;
  net: number | null;
  cost: number | null;
  waste: number | null;
  margin: number | null;
  margin_net: number | null;
  unknown: number | null;
}

export function noSums(): MoneySums {
  const zeros = (): Record<MoneyState, number> => {
    const entries = MONEY_STATES.map((state) => [state, 0]);
    return Object.fromEntries(entries);
  };
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
  };
}

/** Adds the orders of one state to the sums of their group. */
export function addState(sums: MoneySums, row: StateSums): MoneySums {
  const booked = row.booked ?? 0;
  const { money_state: state } = row;
  const isKept = state !== 'refunded' && state !== 'disputed';
  return {
    orders: sums.orders + row.orders,
    booked: sums.booked + booked,
    fees: sums.fees + (isKept ? (row.fees ?? 0) : 0),
    net: sums.net + (isKept ? (row.net ?? 0) : 0),
    atRisk: sums.atRisk + (state === 'disputed' ? (row.net ?? 0) : 0),
    byState: { ...sums.byState, [state]: sums.byState[state] + booked },
    ordersByState: { ...sums.ordersByState, [state]: sums.ordersByState[state] + row.orders },
    cost: sums.cost + (row.cost ?? 0),
    ordersWithUnknownCost: sums.ordersWithUnknownCost + (row.unknown ?? 0),
    margin: sums.margin + (row.margin ?? 0),
    marginNet: sums.marginNet + (row.margin_net ?? 0),
    waste: sums.waste + (row.waste ?? 0),
  };
}

/** The sums of several groups that share no order. */
export function sumOf(groups: readonly MoneySums[]): MoneySums {
  return groups.reduce(add, noSums());
}

function add(one: MoneySums, other: MoneySums): MoneySums {
  const both = (a: Record<MoneyState, number>, b: Record<MoneyState, number>): Record<MoneyState, number> => {
    const entries = MONEY_STATES.map((state) => [state, a[state] + b[state]]);
    return Object.fromEntries(entries);
  };
  return {
    orders: one.orders + other.orders,
    booked: one.booked + other.booked,
    fees: one.fees + other.fees,
    net: one.net + other.net,
    atRisk: one.atRisk + other.atRisk,
    byState: both(one.byState, other.byState),
    ordersByState: both(one.ordersByState, other.ordersByState),
    cost: one.cost + other.cost,
    ordersWithUnknownCost: one.ordersWithUnknownCost + other.ordersWithUnknownCost,
    margin: one.margin + other.margin,
    marginNet: one.marginNet + other.marginNet,
    waste: one.waste + other.waste,
  };
}
