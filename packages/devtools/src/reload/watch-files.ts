import { existsSync, type FSWatcher, watch } from 'node:fs';
import path from 'node:path';

/**
 * Editors write a file in several steps, and a checkout changes many files at once. Both count as
 * one change.
 */
const SETTLE_MS = 150;
/** No app runs tests or editors' temporary files. */
const IGNORED = /(\.test\.ts|~|\.swp|\.tmp)$|(^|\/)(node_modules|\.[^/]+)(\/|$)/;

export interface Watched {
  /** Watched with all their subfolders. */
  folders: readonly string[];
  files: readonly string[];
}

/**
 * Calls back with the path of a changed file, once for changes that come together.
 * @returns a function that ends the watch.
 */
export function watchFiles({ folders, files }: Watched, onChange: (file: string) => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  const changed = (file: string) => {
    clearTimeout(timer);
    timer = setTimeout(() => onChange(file), SETTLE_MS);
  };
  const watchers: FSWatcher[] = folders.map((folder) =>
    watch(folder, { recursive: true }, (_event, name) => {
      if (name !== null && !IGNORED.test(name)) changed(path.join(folder, name));
    }),
  );
  // An editor may replace a file. A watch of the file itself would then stay with the old file.
  const byFolder = Map.groupBy(files, (file) => path.dirname(file));
  for (const [folder, within] of byFolder) {
    if (!existsSync(folder)) continue;
    const names = new Set(within.map((file) => path.basename(file)));
    watchers.push(
      watch(folder, (_event, name) => {
        if (name !== null && names.has(name)) changed(path.join(folder, name));
      }),
    );
  }
  return () => {
    clearTimeout(timer);
    for (const watcher of watchers) watcher.close();
  };
}
