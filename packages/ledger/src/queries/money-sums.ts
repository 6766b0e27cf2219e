import {
  MONEY_STATES,
  type MoneyState,
  NET_RULES,
  type SumColumns,
  type Waste,
} from '../database/money-schema.ts';

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
  const { money_state: state, orders, price_micros: booked, net_micros: net } = row;
  const none = noSums();
  const rule = NET_RULES[state];
  const isEarned = rule === 'earned';
  const wasteBy = {
    failed: row.waste_failed_micros,
    regenerated: row.waste_regenerated_micros,
    declined: row.waste_declined_micros,
    cancelled: row.waste_cancelled_micros,
  };
  return {
    orders,
    booked,
    fees: isEarned ? row.fee_micros : 0,
    net: isEarned ? net : 0,
    atRisk: rule === 'at risk' ? net : 0,
    byState: { ...none.byState, [state]: booked },
    ordersByState: { ...none.ordersByState, [state]: orders },
    cost: row.known_cost_micros,
    ordersWithUnknownCost: row.unknown_costs,
    margin: row.margin_micros,
    marginNet: isEarned ? row.margin_net_micros : 0,
    waste: wasteBy.failed + wasteBy.regenerated + wasteBy.declined + wasteBy.cancelled,
    wasteBy,
  };
}

function add(one: MoneySums, other: MoneySums): MoneySums {
  return {
    orders: one.orders + other.orders,
    booked: one.booked + other.booked,
    fees: one.fees + other.fees,
    net: one.net + other.net,
    atRisk: one.atRisk + other.atRisk,
    byState: addEach(one.byState, other.byState),
    ordersByState: addEach(one.ordersByState, other.ordersByState),
    cost: one.cost + other.cost,
    ordersWithUnknownCost: one.ordersWithUnknownCost + other.ordersWithUnknownCost,
    margin: one.margin + other.margin,
    marginNet: one.marginNet + other.marginNet,
    waste: one.waste + other.waste,
    wasteBy: addEach(one.wasteBy, other.wasteBy),
  };
}

function zeros(): Record<MoneyState, number> {
  const entries = MONEY_STATES.map((state) => [state, 0]);
  return Object.fromEntries(entries);
}

function addEach<K extends string>(one: Record<K, number>, other: Record<K, number>): Record<K, number> {
  const names = Object.keys(one) as K[];
  const entries = names.map((name) => [name, one[name] + other[name]]);
  return Object.fromEntries(entries);
}
