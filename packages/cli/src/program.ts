import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { Command } from '@commander-js/extra-typings';
import { createCommand } from '@fulfillment/processes';

const COMMANDS = path.join(import.meta.dirname, 'commands');

/**
 * The command `pnpm fulfillment`. Each file in `commands/` is a subcommand: to add one, add its
 * file.
 */
export async function createProgram() {
  const program = createCommand('pnpm fulfillment')
    .description('Runs and checks the system that fulfils the orders of Atelier agents.')
    .helpCommand(false);
  const files = (await readdir(COMMANDS)).filter((file) => !file.endsWith('.test.ts'));
  for (const file of files.sort()) program.addCommand(await loadCommand(file));
  return program;
}

/**
 * @throws Error if the file does not export a function `createSubcommand` that returns a command.
 */
async function loadCommand(file: string): Promise<Command> {
  const module: { createSubcommand?: () => unknown } = await import(path.join(COMMANDS, file));
  const command = module.createSubcommand?.();
  if (command instanceof Command) return command;
  throw new Error(`${file} does not export a function createSubcommand that returns a command.`);
}
