import { sql } from 'kysely';
import {
  BASIS_COLUMNS,
  MONEY_BASES,
  MONEY_DAY_KEYS,
  PAYOUT_DAY_KEYS,
  PAYOUT_SUM_COLUMNS,
  SUM_COLUMNS,
} from '../database/money-schema.ts';
import type { LedgerDatabase } from '../database/schema.ts';

const COLUMNS = sql.join([...MONEY_DAY_KEYS, ...SUM_COLUMNS].map((name) => sql.ref(name)));
const PAYOUT_COLUMNS = sql.join([...PAYOUT_DAY_KEYS, ...PAYOUT_SUM_COLUMNS].map((name) => sql.ref(name)));

/**
 * Sums up the orders and the payouts of every day again, inside a transaction of the caller. The
 * caller keeps other processes from writing orders meanwhile.
 */
export async function rebuildSums(transaction: LedgerDatabase): Promise<void> {
  await transaction.deleteFrom('money_days').execute();
  for (const basis of MONEY_BASES) {
    const time = sql.ref(BASIS_COLUMNS[basis]);
    await sql`insert into money_days (${COLUMNS})
      select ${sql.lit(basis)}, ${time} / 86400000, agent_id, coalesce(service_id, ''),
        case when service_id is null then '' else coalesce(service, '') end, coalesce(handler, ''),
        money_state, count(*),
        coalesce(sum(price_micros), 0), coalesce(sum(fee_micros), 0), coalesce(sum(net_micros), 0),
        sum(known_cost_micros), coalesce(sum(margin_micros), 0),
        coalesce(sum(case when margin_micros is null then 0 else net_micros end), 0),
        sum(case when cost_micros is null then 1 else 0 end),
        sum(waste_failed_micros), sum(waste_regenerated_micros), sum(waste_declined_micros),
        sum(waste_cancelled_micros)
      from orders where ${time} is not null group by 2, 3, 4, 5, 6, 7`.execute(transaction);
  }
  await transaction.deleteFrom('payout_days').execute();
  await sql`insert into payout_days (${PAYOUT_COLUMNS})
    select outcome, at / 86400000, count(*), coalesce(sum(amount_micros), 0), coalesce(sum(net_micros), 0),
      coalesce(sum(case when amount_micros is not null then net_micros end), 0),
      count(amount_micros - net_micros), coalesce(sum(amount_micros - net_micros), 0)
    from payouts group by 1, 2`.execute(transaction);
}
