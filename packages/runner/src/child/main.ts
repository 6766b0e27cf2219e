/** Starts a process of handlers. Compiled modules are kept on disk, which halves its start. */
import { enableCompileCache } from 'node:module';

enableCompileCache();
await import('./serve.ts');
