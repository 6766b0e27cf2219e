import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Kysely, sql } from 'kysely';
import type { LedgerConnections } from './connections.ts';
import type { LedgerTables } from './schema.ts';
import { NodeSqliteDialect } from './sqlite-dialect.ts';
import { translateErrors } from './translate-errors.ts';

/**
 * How long a statement waits for another process' transaction, in ms. The wait blocks this process,
 * so it is short: the projector retries.
 */
const BUSY_MS = 250;

/** A change is on the disk before it leaves the change feed, so `synchronous` is full. */
const PRAGMAS = ['journal_mode = wal', 'synchronous = full'];
/**
 * How much of the file a connection keeps in memory, in KiB. The pages read some large indexes, and
 * would read them from the disk again each time.
 */
const CACHE = { reader: 64_000, writer: 16_000 };

/**
 * A ledger in a file. The first query opens the file, and creates the file and its folder if they
 * are missing. If that fails, the query fails, and the next query tries again. Queries have a
 * connection of their own, so that they never see half of a transaction.
 */
export function openSqlite(file: string): LedgerConnections {
  const open = (cache: number) =>
    new Kysely<LedgerTables>({ dialect: translateErrors(new NodeSqliteDialect(() => connect(file, cache))) });
  const writer = open(CACHE.writer);
  return {
    dialect: 'sqlite',
    writer,
    reader: open(CACHE.reader),
    async refreshStatistics() {
      await sql`pragma analysis_limit = 1000`.execute(writer);
      await sql`pragma optimize = 0x10002`.execute(writer);
    },
  };
}

function connect(file: string, cache: number): DatabaseSync {
  mkdirSync(path.dirname(file), { recursive: true });
  const database = new DatabaseSync(file, { timeout: BUSY_MS });
  for (const pragma of [...PRAGMAS, `cache_size = -${cache}`]) database.exec(`pragma ${pragma}`);
  // SQLite's own function knows only the letters of ASCII.
  database.function('lower', { deterministic: true }, (text) =>
    typeof text === 'string' ? text.toLowerCase() : text,
  );
  return database;
}
