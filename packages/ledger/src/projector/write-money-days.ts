import { sql } from 'kysely';
import {
  MONEY_DAY_KEYS,
  PAYOUT_DAY_KEYS,
  PAYOUT_SUM_COLUMNS,
  SUM_COLUMNS,
} from '../database/money-schema.ts';
import type { LedgerDatabase, OrderRow } from '../database/schema.ts';
import { changesOfDays, SUMMED_ORDER_COLUMNS } from '../projection/money-days.ts';
import { changesOfPayoutDays, SUMMED_PAYOUT_COLUMNS } from '../projection/payout-days.ts';
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

/**
 * Corrects the sums of the payouts of days for orders whose payouts a function writes, inside the
 * same transaction.
 */
export async function withPayoutDays(
  transaction: LedgerDatabase,
  keys: readonly string[],
  write: () => Promise<void>,
): Promise<void> {
  const payouts = () =>
    transaction.selectFrom('payouts').select(SUMMED_PAYOUT_COLUMNS).where('order_key', 'in', keys).execute();
  const before = await payouts();
  await write();
  const changes = changesOfPayoutDays(before, await payouts());
  if (changes.length === 0) return;
  const rows = changes.map((change): Row => ({ ...change }));
  for (const statement of upserts('payout_days', rows, { keys: PAYOUT_DAY_KEYS, added: PAYOUT_SUM_COLUMNS }))
    await statement.execute(transaction);
  await sql`delete from payout_days where payouts = 0`.execute(transaction);
}
