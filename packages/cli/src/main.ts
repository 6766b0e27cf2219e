/** `pnpm fulfillment`: one command for everything that an operator types. */
import { enableCompileCache } from 'node:module';

enableCompileCache();
const [{ runCommand }, { createProgram }] = await Promise.all([
  import('@fulfillment/processes'),
  import('./program.ts'),
]);
await runCommand(await createProgram());
