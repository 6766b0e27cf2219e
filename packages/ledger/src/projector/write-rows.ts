import type { LedgerDatabase } from '../database/schema.ts';
import { SHOWN_PAYOUT } from '../projection/facts/payouts.ts';
import { FACT_TABLES, type OrderRows } from '../projection/rows.ts';
import { upserts } from './upsert.ts';
import { withPayoutDays, writeMoneyDays } from './write-money-days.ts';

/**
 * Writes the rows of several orders, inside a transaction of the caller. Rows that exist are
 * replaced. The rows of a fact stay even if the record has trimmed the fact since.
 */
export async function writeRows(transaction: LedgerDatabase, orders: readonly OrderRows[]): Promise<void> {
  if (orders.length === 0) return;
  const keys = orders.map(({ order }) => order.key);
  await withPayoutDays(transaction, keys, () => replaceRows(transaction, orders));
}

async function replaceRows(transaction: LedgerDatabase, orders: readonly OrderRows[]): Promise<void> {
  const keys = orders.map(({ order }) => order.key);
  await transaction.deleteFrom('attention').where('order_key', 'in', keys).execute();
  // The order shows a payout before its webhook arrives. The webhook's payout is the same one.
  await transaction
    .deleteFrom('payouts')
    .where('order_key', 'in', keys)
    .where('fact_key', '=', SHOWN_PAYOUT)
    .execute();
  await writeMoneyDays(
    transaction,
    orders.map(({ order }) => order),
  );
  const statements = [
    ...upserts(
      'orders',
      orders.map(({ order }) => order),
      { keys: ['key'] },
    ),
    // Most changes of an order change no text, and the index of words is slow to update.
    ...upserts(
      'order_texts',
      orders.map(({ texts }) => texts),
      { keys: ['order_key'], unless: 'search' },
    ),
    ...upserts(
      'attention',
      orders.flatMap(({ attention }) => attention),
      { keys: ['order_key', 'key'] },
    ),
    ...FACT_TABLES.flatMap((table) =>
      upserts(
        table,
        orders.flatMap((order) => [...order[table]]),
        { keys: ['order_key', 'fact_key'] },
      ),
    ),
  ];
  for (const statement of statements) await statement.execute(transaction);
}
