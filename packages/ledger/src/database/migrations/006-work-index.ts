import { type Kysely, sql } from 'kysely';

/** Adds an index with all that the figures of the work read, so that they read no whole orders. */
export async function addWorkIndex(db: Kysely<unknown>): Promise<void> {
  await sql`create index orders_by_work on orders (paid_at, handler, service_id, agent_id, delivered_at,
    cancelled_at, tries, revisions, disputed_at, rating, run_ms)`.execute(db);
}
