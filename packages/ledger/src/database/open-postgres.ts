import { Kysely, PostgresDialect, sql } from 'kysely';
import type { LedgerConnections } from './connections.ts';
import type { LedgerTables } from './schema.ts';
import { translateErrors } from './translate-errors.ts';

/** The types that Postgres gives to counts, sums and our columns: int8 and numeric. */
const NUMBERS = [20, 1700];
const MOST_CONNECTIONS = 5;
const CONNECT_MS = 5000;
/**
 * A query for a page or a write of orders that takes longer is a mistake, or the database is
 * overloaded. Migrations and rebuilds lift this limit.
 */
const QUERY_MS = 30_000;

/**
 * Opens a ledger in Postgres. Loads the driver only now, because most shops use SQLite. The pool
 * connects when a query needs a connection, and again after an outage of the server.
 * @param url `postgres://[user:password@]host[:port]/database`.
 */
export async function openPostgres(url: string): Promise<LedgerConnections> {
  const { default: pg } = await import('pg');
  const pool = new pg.Pool({
    connectionString: url,
    max: MOST_CONNECTIONS,
    connectionTimeoutMillis: CONNECT_MS,
    statement_timeout: QUERY_MS,
    application_name: 'fulfillment-ledger',
    types: {
      // Amounts and times are far below 2^53, so a number holds them exactly.
      getTypeParser: (oid: number, format?: 'text' | 'binary') =>
        NUMBERS.includes(oid) ? Number : pg.types.getTypeParser(oid, format),
    },
  });
  // The pool drops a connection that failed while idle. The next query makes a new one.
  pool.on('error', () => undefined);
  // A connection may fail between two statements of a transaction. The next statement reports it,
  // while an error event without a listener would end the process.
  pool.on('connect', (client) => client.on('error', () => undefined));
  const db = new Kysely<LedgerTables>({ dialect: translateErrors(new PostgresDialect({ pool })) });
  return {
    dialect: 'postgres',
    writer: db,
    reader: db,
    refreshStatistics: async () => {
      await sql`analyze orders, order_texts, attention, costs`.execute(db);
    },
  };
}
