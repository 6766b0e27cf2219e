import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Ledger, openLedger } from '../ledger.ts';
import type { TestPostgres } from './start-postgres.ts';

/** A ledger in a file of its own, which ends with the test. */
export interface TestLedger extends AsyncDisposable {
  ledger: Ledger;
  url: string;
}

/**
 * Opens an empty ledger, with its tables.
 * @param postgres a new database there. Default: a file for SQLite.
 */
export async function openTestLedger(postgres?: TestPostgres): Promise<TestLedger> {
  const folder = await mkdtemp(path.join(tmpdir(), 'ledger-'));
  const url =
    postgres === undefined ? `file:${path.join(folder, 'ledger.sqlite')}` : await postgres.createDatabase();
  const ledger = await openLedger(url);
  await ledger.migrate();
  return {
    ledger,
    url,
    async [Symbol.asyncDispose]() {
      await ledger.close();
      await rm(folder, { recursive: true });
    },
  };
}
