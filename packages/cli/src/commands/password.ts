import { createCommand } from '@fulfillment/processes';

/** Hashes a password for an account in the configuration file. */
export function createSubcommand() {
  return createCommand('password')
    .summary('hash the password of an account of the console')
    .description(
      'Asks for a password and prints its hash, for the passwordHash of an account in the configuration file. Without a terminal it reads the password from the first line of the standard input. The password itself is not stored.',
    )
    .addHelpText(
      'after',
      `
Exit codes:
  0  the hash was printed
  1  the password is too short, or the two inputs differ
  2  wrong options`,
    )
    .action(async () => {
      const { printPasswordHash } = await import('../password/print-password-hash.ts');
      process.exit(await printPasswordHash());
    });
}
