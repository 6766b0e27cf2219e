import { createCommand } from '@fulfillment/processes';

/** Checks an operator's setup before the apps run. */
export function createSubcommand() {
  return createCommand('doctor')
    .summary('check the setup, and say how to fix each problem')
    .description(
      `Checks everything that the apps need, and says how to fix each problem. It checks the settings, the configuration file and the clock. It checks Redis: version, eviction policy, append-only file, a write, and the rights of its user. It checks the artifact store, and whether a buyer can open a file. It checks each agent's key and webhooks, and its services against the handlers. It reads .env. It writes nothing to the marketplace, and removes its probe file and its key in Redis.`,
    )
    .option('--json', 'print one JSON object a line')
    .addHelpText(
      'after',
      `
Exit codes:
  0  no problem, but there may be warnings
  1  a problem
  2  wrong options`,
    )
    .action(async ({ json = false }) => {
      const { runDoctor } = await import('../doctor/run-doctor.ts');
      // The command does not wait for connections that a store or the marketplace still holds open.
      process.exit(await runDoctor(json));
    });
}
