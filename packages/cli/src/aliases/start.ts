/** `pnpm start`: a short name of `pnpm fulfillment start`. */
import { enableCompileCache } from 'node:module';

enableCompileCache();
const [{ runCommand }, { createSubcommand }] = await Promise.all([
  import('@fulfillment/processes'),
  import('../commands/start.ts'),
]);
await runCommand(createSubcommand().name('pnpm start'));
