import {
  BASIS_COLUMNS,
  MONEY_BASES,
  MONEY_DAY_KEYS,
  type MoneyDaysTable,
  SUM_COLUMNS,
} from '../database/money-schema.ts';
import type { OrderRow } from '../database/schema.ts';
import { dayOf, differences } from './day-sums.ts';

/** The columns of an order that decide its part in the sums. */
export const SUMMED_ORDER_COLUMNS = [
  'paid_at',
  'completed_at',
  'paid_out_at',
  'agent_id',
  'service_id',
  'service',
  'handler',
  'money_state',
  'price_micros',
  'fee_micros',
  'net_micros',
  'known_cost_micros',
  'cost_micros',
  'margin_micros',
  'waste_failed_micros',
  'waste_regenerated_micros',
  'waste_declined_micros',
  'waste_cancelled_micros',
] as const satisfies readonly (keyof OrderRow)[];
export type SummedOrder = Pick<OrderRow, (typeof SUMMED_ORDER_COLUMNS)[number]>;

/**
 * How the sums of days change when orders are replaced.
 * @param before the orders as the ledger has them.
 * @param after the same orders as they will be, and new ones.
 * @returns the differences. Rows that do not change are left out.
 */
export function changesOfDays(
  before: readonly SummedOrder[],
  after: readonly SummedOrder[],
): MoneyDaysTable[] {
  return differences(before.flatMap(partsOf), after.flatMap(partsOf), {
    keys: MONEY_DAY_KEYS,
    sums: SUM_COLUMNS,
  });
}

/** An order counts once for each basis that it has a time of. */
function partsOf(order: SummedOrder): MoneyDaysTable[] {
  return MONEY_BASES.flatMap((basis) => {
    const at = order[BASIS_COLUMNS[basis]];
    if (at === null) return [];
    const {
      agent_id,
      service_id,
      service,
      handler,
      money_state,
      margin_micros: margin,
      net_micros: net,
    } = order;
    return [
      {
        basis,
        day: dayOf(at),
        agent_id,
        service_id: service_id ?? '',
        service: service_id === null ? '' : (service ?? ''),
        handler: handler ?? '',
        money_state,
        orders: 1,
        price_micros: order.price_micros ?? 0,
        fee_micros: order.fee_micros ?? 0,
        net_micros: net ?? 0,
        known_cost_micros: order.known_cost_micros,
        margin_micros: margin ?? 0,
        margin_net_micros: margin === null ? 0 : (net ?? 0),
        unknown_costs: order.cost_micros === null ? 1 : 0,
        waste_failed_micros: order.waste_failed_micros,
        waste_regenerated_micros: order.waste_regenerated_micros,
        waste_declined_micros: order.waste_declined_micros,
        waste_cancelled_micros: order.waste_cancelled_micros,
      },
    ];
  });
}
