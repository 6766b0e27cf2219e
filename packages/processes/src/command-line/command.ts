import { Command, type CommandUnknownOpts } from '@commander-js/extra-typings';

/** Exit status of a call with a wrong option or argument. */
export const EXIT_USAGE = 2;

/**
 * Creates a command with the shared answer to a wrong call. The command prints one line on stderr
 * with the call, the problem and the nearest option. Then it ends the process.
 * @param usageStatus exit status of a wrong call.
 */
export function createCommand(name: string, usageStatus = EXIT_USAGE) {
  const command = new Command(name);
  return command
    .helpOption('-h, --help', 'print this help')
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : usageStatus))
    .configureOutput({
      outputError: (text, write) =>
        write(`${callOf(command)}: ${rejection(text)} See ${callOf(command)} --help\n`),
    });
}

/** For an option that a user may write several times: appends its value to the earlier ones. */
export function collect(value: string, earlier: readonly string[] = []): string[] {
  return [...earlier, value];
}

/**
 * Runs a command with the arguments of this process. An error that the command does not catch ends
 * the process with 1.
 */
export async function runCommand(command: CommandUnknownOpts): Promise<void> {
  // pnpm and npm pass on the -- that some users write before the options.
  const args = process.argv.slice(process.argv[2] === '--' ? 3 : 2);
  try {
    await command.parseAsync(args, { from: 'user' });
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exit(1);
  }
}

/** The words with which a user calls a command, such as `pnpm fulfillment start`. */
function callOf(command: CommandUnknownOpts): string {
  return command.parent === null ? command.name() : `${callOf(command.parent)} ${command.name()}`;
}

/**
 * One sentence from commander's two lines: the problem, and the option that the user probably
 * meant.
 */
function rejection(text: string): string {
  const sentence = text
    .replace(/^error: /, '')
    .trim()
    .replace(/\s*\n\s*/g, ' ');
  return sentence.endsWith('.') ? sentence : `${sentence}.`;
}
