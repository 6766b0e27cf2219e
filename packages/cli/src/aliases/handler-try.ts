/** `pnpm handler:try`: a short name of `pnpm fulfillment try`. */
import { enableCompileCache } from 'node:module';

enableCompileCache();
const [{ runCommand }, { createSubcommand }] = await Promise.all([
  import('@fulfillment/processes'),
  import('../commands/try.ts'),
]);
await runCommand(createSubcommand().name('pnpm handler:try'));
