/** `pnpm run doctor`: a short name of `pnpm fulfillment doctor`. */
import { enableCompileCache } from 'node:module';

enableCompileCache();
const [{ runCommand }, { createSubcommand }] = await Promise.all([
  import('@fulfillment/processes'),
  import('../commands/doctor.ts'),
]);
await runCommand(createSubcommand().name('pnpm run doctor'));
