import type { Kysely } from 'kysely';

/**
 * The rules for margins, unknown costs and secrets in texts changed, so the projector reads every
 * record again.
 */
export async function projectAgain(
  db: Kysely<{ ledger_state: { seeded_at: number | null } }>,
): Promise<void> {
  await db.updateTable('ledger_state').set({ seeded_at: null }).execute();
}
