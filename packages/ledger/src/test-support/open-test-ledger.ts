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
 * The address of an empty ledger, which ends with the test.
 * @param postgres a new database there. Default: a file for SQLite.
 */
export async function temporaryLedgerUrl(
  postgres?: TestPostgres,
): Promise<{ url: string } & AsyncDisposable> {
  const folder = await mkdtemp(path.join(tmpdir(), 'ledger-'));
  const url =
    postgres === undefined ? `file:${path.join(folder, 'ledger.sqlite')}` : await postgres.createDatabase();
  return { url, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
}

/**
 * Opens an empty ledger, with its tables.
 * @param postgres a new database there. Default: a file for SQLite.
 */
export async function openTestLedger(postgres?: TestPostgres): Promise<TestLedger> {
  const place = await temporaryLedgerUrl(postgres);
  const ledger = await openLedger(place.url);
  await ledger.migrate();
  return {
    ledger,
    url: place.url,
    async [Symbol.asyncDispose]() {
      await ledger.close();
      await place[Symbol.asyncDispose]();
    },
  };
}
