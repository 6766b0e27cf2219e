import { createCommand } from '@fulfillment/processes';

/** Looks after the ledger, from which the admin pages search and add up. */
export function createSubcommand() {
  return createCommand('ledger')
    .summary('rebuild or detach the ledger of the admin pages')
    .description(
      'The ledger is the SQL database from which the admin pages search and add up. The admin keeps it up to date. Settings come from the environment and .env: REDIS_URL, REDIS_KEY_PREFIX and LEDGER_URL.',
    )
    .helpCommand(false)
    .addHelpText('after', EXIT_CODES)
    .addCommand(
      createCommand('rebuild')
        .summary('write all records into the ledger again')
        .description(
          'Writes every record in Redis into the ledger again. Orders whose records were forgotten stay in the ledger as they are. The apps may run meanwhile.',
        )
        .addHelpText('after', EXIT_CODES)
        .action(async () => {
          const { rebuildLedger } = await import('../ledger/rebuild-ledger.ts');
          process.exit(await rebuildLedger());
        }),
    )
    .addCommand(
      createCommand('detach')
        .summary('forget finished orders without a ledger')
        .description(
          'For a system that no longer runs the admin. Once a ledger has run, a finished order is forgotten only after the ledger has it. After this command, finished orders are forgotten without a ledger, until an admin starts again.',
        )
        .addHelpText('after', EXIT_CODES)
        .action(async () => {
          const { detachLedger } = await import('../ledger/detach-ledger.ts');
          process.exit(await detachLedger());
        }),
    );
}

const EXIT_CODES = `
Exit codes:
  0   done
  1   Redis or the ledger's database is away
  2   wrong options
  78  a setting is wrong`;
