/** `pnpm start`: a short name of `pnpm fulfillment start`. */
import { runCommand } from '@fulfillment/processes';
import { createSubcommand } from '../commands/start.ts';

await runCommand(createSubcommand().name('pnpm start'));
