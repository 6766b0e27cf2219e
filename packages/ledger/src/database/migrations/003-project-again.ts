import type { Kysely } from 'kysely';

/**
 * Has the projector read every record and sum up the orders again, since the rules for rows
 * changed.
 */
export async function projectAgain(
  db: Kysely<{ ledger_state: { seeded_at: number | null } }>,
): Promise<void> {
  await db.updateTable('ledger_state').set({ seeded_at: null }).execute();
}
