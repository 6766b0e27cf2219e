/** `pnpm run doctor`: a short name of `pnpm fulfillment doctor`. */
import { runCommand } from '@fulfillment/processes';
import { createSubcommand } from '../commands/doctor.ts';

await runCommand(createSubcommand().name('pnpm run doctor'));
