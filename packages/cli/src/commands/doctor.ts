import { createCommand } from '../command.ts';

/** Checks an operator's setup before the apps run. */
export function createSubcommand() {
  return createCommand('doctor')
    .summary('check the setup, and say what to do about what is wrong')
    .description(
      `Checks what the apps need, and says what to do about what is wrong. It checks the settings, the configuration file and the clock. It checks Redis: version, eviction, append-only file, a write, the rights of its user. It checks where artifacts are kept, and whether a buyer can open them. It checks each agent's key and webhooks, and its services against the handlers. Reads .env. Changes nothing: one probe file and one key in Redis exist for a moment.`,
    )
    .option('--json', 'print one JSON object a line')
    .addHelpText(
      'after',
      `
Exit codes: 0 no problem, although there may be warnings; 1 a problem; 2 the call is wrong.`,
    )
    .action(async ({ json = false }) => {
      const { runDoctor } = await import('../doctor/run-doctor.ts');
      // The command does not wait for connections that a store or the marketplace still holds open.
      process.exit(await runDoctor(json));
    });
}
