import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Ledger, openLedger } from '../ledger.ts';

/** A ledger in a file of its own, which ends with the test. */
export interface TestLedger extends AsyncDisposable {
  ledger: Ledger;
  url: string;
}

/** Opens an empty ledger in SQLite, with its tables. */
export async function openTestLedger(): Promise<TestLedger> {
  const folder = await mkdtemp(path.join(tmpdir(), 'ledger-'));
  const url = `file:${path.join(folder, 'ledger.sqlite')}`;
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
