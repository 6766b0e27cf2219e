import { sql } from 'kysely';
import type { LedgerDatabase } from '../database/schema.ts';
import { SupersededError } from './superseded-error.ts';

/**
 * Takes over the projection. Writes of every earlier epoch fail from now on, so a process that was
 * frozen while another one took over cannot replace newer rows.
 * @returns the new epoch.
 */
export async function takeOver(db: LedgerDatabase): Promise<number> {
  const { epoch } = await db
    .updateTable('ledger_state')
    .set({ epoch: sql`epoch + 1` })
    .where('id', '=', 1)
    .returning('epoch')
    .executeTakeFirstOrThrow();
  return epoch;
}

/**
 * Checks the epoch inside a transaction, and holds it until the transaction ends.
 * @throws SupersededError if another process has taken over.
 */
export async function holdEpoch(transaction: LedgerDatabase, epoch: number): Promise<void> {
  const { numUpdatedRows } = await transaction
    .updateTable('ledger_state')
    .set({ epoch })
    .where('id', '=', 1)
    .where('epoch', '=', epoch)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) throw new SupersededError();
}
