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
  return add(sums, sumsOfState(row));
}

/** The sums of several groups that share no order. */
export function sumOf(groups: readonly MoneySums[]): MoneySums {
  return groups.reduce(add, noSums());
}

/** The sums of orders that have one state. The state says whether their net counts. */
function sumsOfState(row: StateSums): MoneySums {
  const { money_state: state, orders } = row;
  const none = noSums();
  const booked = row.booked ?? 0;
  const net = row.net ?? 0;
  const isKept = state !== 'refunded' && state !== 'disputed';
  return {
    orders,
    booked,
    fees: isKept ? (row.fees ?? 0) : 0,
    net: isKept ? net : 0,
    atRisk: state === 'disputed' ? net : 0,
    byState: { ...none.byState, [state]: booked },
    ordersByState: { ...none.ordersByState, [state]: orders },
    cost: row.cost ?? 0,
    ordersWithUnknownCost: row.unknown ?? 0,
    margin: row.margin ?? 0,
    marginNet: isKept ? (row.margin_net ?? 0) : 0,
    waste: row.waste ?? 0,
  };
}

function add(one: MoneySums, other: MoneySums): MoneySums {
  return {
    orders: one.orders + other.orders,
    booked: one.booked + other.booked,
    fees: one.fees + other.fees,
    net: one.net + other.net,
    atRisk: one.atRisk + other.atRisk,
    byState: addByState(one.byState, other.byState),
    ordersByState: addByState(one.ordersByState, other.ordersByState),
    cost: one.cost + other.cost,
    ordersWithUnknownCost: one.ordersWithUnknownCost + other.ordersWithUnknownCost,
    margin: one.margin + other.margin,
    marginNet: one.marginNet + other.marginNet,
    waste: one.waste + other.waste,
  };
}

function addByState(
  one: Record<MoneyState, number>,
  other: Record<MoneyState, number>,
): Record<MoneyState, number> {
  const entries = MONEY_STATES.map((state) => [state, one[state] + other[state]]);
  return Object.fromEntries(entries);
}
