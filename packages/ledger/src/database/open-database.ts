import { ConfigurationError } from '@fulfillment/shared';
import type { LedgerConnections } from './connections.ts';
import { openPostgres } from './open-postgres.ts';
import { openSqlite } from './open-sqlite.ts';

/**
 * Connects to the database of a ledger at the first query.
 * @param url `file:<path>` for SQLite, or `postgres://…`.
 * @throws ConfigurationError for another URL.
 */
export async function openDatabase(url: string): Promise<LedgerConnections> {
  if (/^postgres(ql)?:\/\//.test(url)) return openPostgres(url);
  const [, file] = /^file:(.+)$/.exec(url) ?? [];
  if (file !== undefined) return openSqlite(file);
  throw new ConfigurationError(
    'LEDGER_URL must be file:<path> for SQLite, or postgres://[user:password@]host/database.',
  );
}
