/** `pnpm handler:try`: a short name of `pnpm fulfillment try`. */
import { runCommand } from '@fulfillment/processes';
import { createSubcommand } from '../commands/try.ts';

await runCommand(createSubcommand().name('pnpm handler:try'));
