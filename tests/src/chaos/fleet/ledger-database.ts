import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { acquirePostgres } from '@fulfillment/devtools';
import { startPostgres } from '@fulfillment/ledger/test-support';
import type { LedgerKind } from '../options.ts';

/** The database of the fleet's ledger. */
export interface LedgerDatabase {
  /** As in LEDGER_URL. */
  url: string;
  /**
   * Keeps the projector from writing for this long.
   * @returns false if nothing kept it.
   */
  awayFor(ms: number): Promise<boolean>;
  stop(): Promise<void>;
}

/** @param file of SQLite. The projector creates it. */
export async function openLedgerDatabase(
  kind: LedgerKind,
  file: string,
  log: (line: string) => void,
): Promise<LedgerDatabase> {
  if (kind === 'postgres') return startPostgresLedger(log);
  return { url: `file:${file}`, awayFor: (ms) => lockFile(file, ms), stop: async () => undefined };
}

/** Postgres crashes, and starts again later. */
async function startPostgresLedger(log: (line: string) => void): Promise<LedgerDatabase> {
  process.env.POSTGRES_BIN = await acquirePostgres({ log });
  const postgres = await startPostgres();
  return {
    url: await postgres.createDatabase(),
    async awayFor(ms) {
      await postgres.crash();
      await delay(ms);
      await postgres.restart();
      return true;
    },
    stop: async () => postgres[Symbol.asyncDispose](),
  };
}

/** Holds the write lock of a SQLite file, as a backup or another program does. */
async function lockFile(file: string, ms: number): Promise<boolean> {
  if (!existsSync(file)) return false;
  const database = new DatabaseSync(file, { timeout: 0 });
  try {
    database.exec('begin immediate');
    await delay(ms);
    database.exec('rollback');
    return true;
  } catch (error) {
    // The projector held the lock.
    if (error instanceof Error && error.message.includes('locked')) return false;
    throw error;
  } finally {
    database.close();
  }
}
