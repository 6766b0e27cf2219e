import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { folderOf, ROOT } from '@fulfillment/processes';

/** Folders of an app or package with the files that a process reads at its start. */
const SOURCE_FOLDERS = ['src', 'public'];

interface Manifest {
  name?: string;
  dependencies?: Record<string, string>;
}

/**
 * The folders whose files an app runs: its own, and those of the workspace's packages that it
 * depends on, directly or through another package. Without node_modules.
 */
export function sourceFoldersOf(appName: string): string[] {
  const folders = new Set([folderOf({ name: appName })]);
  const packages = workspacePackages();
  for (const folder of folders) {
    const { dependencies = {} } = readManifest(folder);
    for (const name of Object.keys(dependencies)) {
      const dependency = packages.get(name);
      if (dependency !== undefined) folders.add(dependency);
    }
  }
  return [...folders].flatMap((folder) =>
    SOURCE_FOLDERS.map((name) => path.join(folder, name)).filter((source) => existsSync(source)),
  );
}

/**
 * The configuration file and the files that it imports by a relative path, directly or through
 * another file. The list includes a file that does not exist or cannot be parsed, because the
 * developer may create or fix it.
 */
export function configurationFiles(configuration: string): string[] {
  const files = new Set([path.resolve(ROOT, configuration)]);
  for (const file of files) {
    for (const [, specifier = ''] of readText(file).matchAll(/(?:from|import)\s*\(?\s*['"](\.[^'"]+)['"]/g)) {
      files.add(path.resolve(path.dirname(file), specifier));
    }
  }
  return [...files];
}

function workspacePackages(): Map<string, string> {
  const manifests = globSync('packages/*/package.json', { cwd: ROOT });
  return new Map(
    manifests.flatMap((file) => {
      const folder = path.join(ROOT, path.dirname(file));
      const { name } = readManifest(folder);
      return name === undefined ? [] : [[name, folder]];
    }),
  );
}

function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
