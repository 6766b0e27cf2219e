import path from 'node:path';

const MOST_FILES = 15;
const SOURCE = /\.(ts|mjs|js|lua)$/;
const TEST_FILE = /\.test\.ts$/;

/** Finds the folders with too many source files at one level. Tests do not count. */
export function crowdedFolders(files: readonly string[]): { folder: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const file of files) {
    if (!SOURCE.test(file) || TEST_FILE.test(file)) continue;
    const folder = path.posix.dirname(file);
    counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  return [...counts].map(([folder, count]) => ({ folder, count })).filter(({ count }) => count > MOST_FILES);
}
