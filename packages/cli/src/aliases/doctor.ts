/** `pnpm run doctor`: a short name of `pnpm fulfillment doctor`. */
import { runCommand } from '../command.ts';
import { createSubcommand } from '../commands/doctor.ts';

await runCommand(createSubcommand().name('pnpm run doctor'));
