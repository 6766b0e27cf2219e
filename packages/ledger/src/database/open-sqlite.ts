import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Kysely } from 'kysely';
import type { LedgerConnections } from './connections.ts';
import type { LedgerTables } from './schema.ts';
import { NodeSqliteDialect } from './sqlite-dialect.ts';

/**
 * How long a statement waits for another process' transaction, in ms. The wait blocks this process,
 * so it is short: the projector retries.
 */
const BUSY_MS = 250;

/**
 * Opens the ledger's file, and creates the file and its folder if they are missing. Queries have a
 * connection of their own, so that they never see half of a transaction.
 * @throws the system's or SQLite's error.
 */
export function openSqlite(file: string): LedgerConnections {
  mkdirSync(path.dirname(file), { recursive: true });
  const writer = connect(file);
  const reader = connect(file);
  return {
    dialect: 'sqlite',
    writer: new Kysely<LedgerTables>({ dialect: new NodeSqliteDialect(writer) }),
    reader: new Kysely<LedgerTables>({ dialect: new NodeSqliteDialect(reader) }),
    refreshStatistics: async () => writer.exec('pragma analysis_limit = 1000; pragma optimize = 0x10002'),
  };
}

function connect(file: string): DatabaseSync {
  const database = new DatabaseSync(file, { timeout: BUSY_MS });
  database.exec('pragma journal_mode = wal; pragma synchronous = full; pragma cache_size = -16000');
  // SQLite's own function knows only the letters of ASCII.
  database.function('lower', { deterministic: true }, (text) =>
    typeof text === 'string' ? text.toLowerCase() : text,
  );
  return database;
}
