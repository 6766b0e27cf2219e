import { type RawBuilder, sql } from 'kysely';

/** The address of a ledger in Postgres whose queries may take one second. */
export function withTimeLimit(url: string): string {
  return `${url}?statement_timeout=1000`;
}

/** Makes a statement take longer than that for each row that it writes, as in a large database. */
export function delayEach(statement: 'insert' | 'update', table: string): RawBuilder<unknown> {
  const name = sql.id(`delay_${table}`);
  return sql`
    create function ${name}() returns trigger language plpgsql
      as 'begin perform pg_sleep(1.5); return new; end';
    create trigger ${name} before ${sql.raw(statement)} on ${sql.table(table)}
      for each row execute function ${name}()`;
}
