import { type QueryExecutorProvider, sql } from 'kysely';
import type { Dialect } from './dialect.ts';

/**
 * Permits the statements of this transaction to take any time. A migration or a rebuild of a large
 * ledger takes longer than a query may, and a cancelled one would begin again without end. A wait
 * for the lock of another transaction stays limited: that transaction may hang.
 */
export async function liftTimeLimit(transaction: QueryExecutorProvider, dialect: Dialect): Promise<void> {
  // SQLite has no limit.
  if (dialect !== 'postgres') return;
  await sql`set local statement_timeout = 0`.execute(transaction);
  await sql`set local lock_timeout = '30s'`.execute(transaction);
}
