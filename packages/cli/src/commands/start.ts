import { collect, createCommand, PRODUCT_APPS } from '@fulfillment/processes';
import { EXIT_CONFIGURATION } from '@fulfillment/shared';

/**
 * Runs the product. A wrong call ends with 78, so that a supervisor does not start the command
 * again.
 */
export function createSubcommand() {
  return createCommand('start', EXIT_CONFIGURATION)
    .summary('run the apps against the real marketplace')
    .description(
      `Runs the ingestor, the generation worker, the delivery worker and the admin pages against the real marketplace. Settings come from the environment and .env. Only ATELIER_API_KEY is needed, and REDIS_URL unless Redis runs on this machine. If an app ends unexpectedly, the command restarts that app, after 1 s at first and 30 s at most. On Ctrl-C or SIGTERM the apps finish their running jobs and exit.`,
    )
    .option('--single', 'run the apps in one process, which takes far less memory', false)
    .option('--filter <app>', 'only this app, or all other apps with ! before the name (repeatable)', collect)
    .addHelpText(
      'after',
      `
The apps: ${PRODUCT_APPS.map(({ name }) => name).join(', ')}

Exit codes:
  0   stopped by a signal
  78  wrong options or configuration`,
    )
    .action(async ({ filter = [], single }) => {
      const { runStart } = await import('../start/run-start.ts');
      process.exitCode = await runStart({ filter, single });
    });
}
