/** `npm test`: installs what is missing, then runs every check and test. */
import { ensureInstalled, runOnNode24 } from './bootstrap.mjs';

ensureInstalled();
runOnNode24('packages/devtools/src/cli/check.ts', process.argv.slice(2));
