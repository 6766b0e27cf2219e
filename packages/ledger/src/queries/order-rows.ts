import type { LedgerDatabase } from '../database/schema.ts';
import type { OrderRows } from '../projection/rows.ts';

/** Everything that the ledger holds of one order. Null: the ledger does not know the order. */
export async function readOrderRows(db: LedgerDatabase, key: string): Promise<OrderRows | null> {
  const order = await db.selectFrom('orders').selectAll().where('key', '=', key).executeTakeFirst();
  const texts = await db
    .selectFrom('order_texts')
    .select(['order_key', 'brief', 'brief_english', 'search'])
    .where('order_key', '=', key)
    .executeTakeFirst();
  if (order === undefined || texts === undefined) return null;
  return {
    order,
    texts,
    attention: await db
      .selectFrom('attention')
      .selectAll()
      .where('order_key', '=', key)
      .orderBy('key')
      .execute(),
    costs: await db
      .selectFrom('costs')
      .selectAll()
      .where('order_key', '=', key)
      .orderBy('at')
      .orderBy('fact_key')
      .execute(),
    payouts: await db
      .selectFrom('payouts')
      .selectAll()
      .where('order_key', '=', key)
      .orderBy('at')
      .orderBy('fact_key')
      .execute(),
    deliverables: await db
      .selectFrom('deliverables')
      .selectAll()
      .where('order_key', '=', key)
      .orderBy('at')
      .orderBy('position')
      .execute(),
    messages: await db
      .selectFrom('messages')
      .selectAll()
      .where('order_key', '=', key)
      .orderBy('at')
      .orderBy('fact_key')
      .execute(),
    operator_actions: await db
      .selectFrom('operator_actions')
      .selectAll()
      .where('order_key', '=', key)
      .orderBy('at')
      .orderBy('fact_key')
      .execute(),
  };
}
