import { sql } from 'kysely';
import type { LedgerDatabase } from '../database/schema.ts';

/** More values than this are not read. */
const MOST = 1000;

/**
 * The different values of a column with an index, in order. Jumps from value to value in the index
 * and does not read the orders in between.
 */
export async function distinctValues(db: LedgerDatabase, column: 'agent_id' | 'handler'): Promise<string[]> {
  const name = sql.ref(column);
  const { rows } = await sql<{ value: string }>`
    with recursive found(value) as (
      select min(${name}) from orders
      union all
      select (select min(${name}) from orders where ${name} > found.value) from found where found.value is not null
    )
    select value from found where value is not null limit ${sql.lit(MOST)}`.execute(db);
  return rows.map(({ value }) => value);
}
