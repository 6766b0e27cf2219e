/** `pnpm fulfillment`: one command for everything that an operator types. */
import { runCommand } from '@fulfillment/processes';
import { createProgram } from './program.ts';

await runCommand(await createProgram());
