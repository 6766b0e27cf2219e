/** Runs the named apps in this one process. */
import { enableCompileCache } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

enableCompileCache();
const { folderOf } = await import('@fulfillment/processes');
const { runApps } = await import('@fulfillment/platform');

/** The module of an app that exports its definition. */
interface AppModule {
  app: Parameters<typeof runApps>[0][number];
}

async function loadApp(name: string): Promise<AppModule['app']> {
  const module: AppModule = await import(
    pathToFileURL(path.join(folderOf({ name }), 'src/definition.ts')).href
  );
  return module.app;
}

await runApps(await Promise.all(process.argv.slice(2).map(loadApp)));
