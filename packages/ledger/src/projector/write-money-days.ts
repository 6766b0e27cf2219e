import { sql } from 'kysely';
import { MONEY_DAY_KEYS, SUM_COLUMNS } from '../database/money-schema.ts';
import type { LedgerDatabase, OrderRow } from '../database/schema.ts';
import { changesOfDays, SUMMED_ORDER_COLUMNS } from '../projection/money-days.ts';
import { type Row, upserts } from './upsert.ts';

/**
 * Corrects the sums of days for orders that are about to be written, inside their transaction. The
 * epoch that the transaction holds keeps other writers away between the read and the write.
 */
export async function writeMoneyDays(
  transaction: LedgerDatabase,
  orders: readonly OrderRow[],
): Promise<void> {
  const before = await transaction
    .selectFrom('orders')
    .select(SUMMED_ORDER_COLUMNS)
    .where(
      'key',
      'in',
      orders.map(({ key }) => key),
    )
    .execute();
  const changes = changesOfDays(before, orders);
  if (changes.length === 0) return;
  const rows = changes.map((change): Row => ({ ...change }));
  for (const statement of upserts('money_days', rows, { keys: MONEY_DAY_KEYS, added: SUM_COLUMNS }))
    await statement.execute(transaction);
  await sql`delete from money_days where orders = 0`.execute(transaction);
}
