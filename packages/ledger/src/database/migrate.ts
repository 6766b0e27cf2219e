import { type Migration, Migrator } from 'kysely/migration';
import type { Dialect } from './dialect.ts';
import { liftTimeLimit } from './lift-time-limit.ts';
import { createTables } from './migrations/001-tables.ts';
import { createSearch } from './migrations/002-search.ts';
import { projectAgain } from './migrations/003-project-again.ts';
import { addSumsOfDays } from './migrations/004-sums-of-days.ts';
import { addPayoutDays } from './migrations/005-payout-days.ts';
import { addWorkIndex } from './migrations/006-work-index.ts';
import type { LedgerDatabase } from './schema.ts';

/**
 * Brings the tables up to this version. Several processes may do so at the same time.
 * @throws the database's error. All migrations of a call are then undone.
 */
export async function migrate(db: LedgerDatabase, dialect: Dialect): Promise<void> {
  const { error } = await migratorOf(db, dialect).migrateToLatest();
  if (error !== undefined) throw error;
}

/** The migrations of a database, to run one by one. */
export function migratorOf(db: LedgerDatabase, dialect: Dialect): Migrator {
  return new Migrator({
    db,
    provider: { getMigrations: async () => migrationsOf(dialect) },
    migrationTableName: 'ledger_migration',
    migrationLockTableName: 'ledger_migration_lock',
  });
}

function migrationsOf(dialect: Dialect): Record<string, Migration> {
  const migrations: Record<string, Migration> = {
    '001-tables': { up: createTables(dialect) },
    '002-search': { up: createSearch(dialect) },
    // The rules for margins, unknown costs and secrets in texts changed.
    '003-project-again': { up: projectAgain },
    '004-sums-of-days': { up: addSumsOfDays },
    '005-payout-days': { up: addPayoutDays },
    '006-work-index': { up: addWorkIndex },
    // The rules for waste and tries changed. An older version that projects during the update does
    // not know the sums of 005, so the projector that takes over sums up again.
    '007-project-again': { up: projectAgain },
  };
  const untimed = ({ up }: Migration): Migration => ({
    async up(transaction) {
      await liftTimeLimit(transaction, dialect);
      await up(transaction);
    },
  });
  return Object.fromEntries(Object.entries(migrations).map(([name, one]) => [name, untimed(one)]));
}
