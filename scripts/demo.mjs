/** `npm run demo`: installs what is missing, then plays every scenario. */
import { ensureInstalled, runOnNode24 } from './bootstrap.mjs';

ensureInstalled();
runOnNode24('tests/src/demo.ts', process.argv.slice(2));
