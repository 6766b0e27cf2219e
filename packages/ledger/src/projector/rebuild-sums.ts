import { sql } from 'kysely';
import {
  MONEY_BASES,
  MONEY_DAY_KEYS,
  PAYOUT_DAY_KEYS,
  PAYOUT_SUM_COLUMNS,
  SUM_COLUMNS,
} from '../database/money-schema.ts';
import type { LedgerDatabase } from '../database/schema.ts';
import { sumsOfOrders, sumsOfPayouts } from './sums-of-days.ts';

const COLUMNS = sql.join([...MONEY_DAY_KEYS, ...SUM_COLUMNS].map((name) => sql.ref(name)));
const PAYOUT_COLUMNS = sql.join([...PAYOUT_DAY_KEYS, ...PAYOUT_SUM_COLUMNS].map((name) => sql.ref(name)));

/**
 * Sums up the orders and the payouts of every day again, inside a transaction of the caller. The
 * caller keeps other processes from writing orders meanwhile.
 */
export async function rebuildSums(transaction: LedgerDatabase): Promise<void> {
  await transaction.deleteFrom('money_days').execute();
  for (const basis of MONEY_BASES)
    await sql`insert into money_days (${COLUMNS}) ${sumsOfOrders(basis)}`.execute(transaction);
  await transaction.deleteFrom('payout_days').execute();
  await sql`insert into payout_days (${PAYOUT_COLUMNS}) ${sumsOfPayouts()}`.execute(transaction);
}
