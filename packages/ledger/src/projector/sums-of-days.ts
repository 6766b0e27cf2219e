import { type RawBuilder, sql } from 'kysely';
import {
  BASIS_COLUMNS,
  type MoneyBasis,
  type MoneyDaysTable,
  type PayoutDaysTable,
} from '../database/money-schema.ts';

/** The rows that `money_days` should have for a basis, with their columns in its order. */
export function sumsOfOrders(basis: MoneyBasis): RawBuilder<MoneyDaysTable> {
  const time = sql.ref(BASIS_COLUMNS[basis]);
  return sql`select ${sql.lit(basis)} as basis, ${time} / 86400000 as day, agent_id,
      coalesce(service_id, '') as service_id,
      case when service_id is null then '' else coalesce(service, '') end as service,
      coalesce(handler, '') as handler, money_state, count(*) as orders,
      coalesce(sum(price_micros), 0) as price_micros, coalesce(sum(fee_micros), 0) as fee_micros,
      coalesce(sum(net_micros), 0) as net_micros, sum(known_cost_micros) as known_cost_micros,
      coalesce(sum(margin_micros), 0) as margin_micros,
      coalesce(sum(case when margin_micros is null then 0 else net_micros end), 0) as margin_net_micros,
      sum(case when cost_micros is null then 1 else 0 end) as unknown_costs,
      sum(waste_failed_micros) as waste_failed_micros,
      sum(waste_regenerated_micros) as waste_regenerated_micros,
      sum(waste_declined_micros) as waste_declined_micros,
      sum(waste_cancelled_micros) as waste_cancelled_micros
    from orders where ${time} is not null group by 2, 3, 4, 5, 6, 7`;
}

/** The rows that `payout_days` should have, with their columns in its order. */
export function sumsOfPayouts(): RawBuilder<PayoutDaysTable> {
  return sql`select outcome, at / 86400000 as day, count(*) as payouts,
      coalesce(sum(amount_micros), 0) as amount_micros, coalesce(sum(net_micros), 0) as net_micros,
      coalesce(sum(case when amount_micros is not null then net_micros end), 0) as expected_micros,
      count(amount_micros - net_micros) as compared,
      coalesce(sum(amount_micros - net_micros), 0) as difference_micros
    from payouts group by 1, 2`;
}
