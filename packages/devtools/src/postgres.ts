import { globSync } from 'node:fs';
import path from 'node:path';
import { canInstall, installPackage } from './system/apt.ts';
import { findProgram } from './system/find-program.ts';

/** Debian keeps the server's programs outside the PATH, in a folder for each version. */
const DEBIAN_FOLDERS = '/usr/lib/postgresql/*/bin/initdb';

/**
 * The folder of Postgres' programs for the tests of the ledger: the one of POSTGRES_BIN, or one on
 * this machine. As root on Debian, we install Postgres when it is missing. No server starts.
 * @throws Error naming the ways to get Postgres.
 */
export async function acquirePostgres({ log }: { log: (line: string) => void }): Promise<string> {
  const given = process.env.POSTGRES_BIN;
  if (given) return given;
  const found = findPostgres();
  if (found !== null) return found;
  if (canInstall()) {
    await installPackage('postgresql', log);
    const installed = findPostgres();
    if (installed !== null) return installed;
  }
  throw new Error(
    [
      'No Postgres is here for the tests of the ledger. Get one in any of three ways:',
      '  - set POSTGRES_BIN to the folder of initdb and postgres;',
      '  - put both on the PATH (Debian: apt-get install postgresql, macOS: brew install postgresql);',
      '  - run this as root on Debian or Ubuntu, and it is installed.',
    ].join('\n'),
  );
}

function findPostgres(): string | null {
  const program = globSync(DEBIAN_FOLDERS).sort().at(-1) ?? findProgram(['initdb']);
  return program === null ? null : path.dirname(program);
}
